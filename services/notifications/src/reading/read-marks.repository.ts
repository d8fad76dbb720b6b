import { type Kysely, sql, type Transaction } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'

/** How far a person has read a thread. */
export interface ReadMark {
  threadId: string
  userId: string
  seq: number
}

/** Moves marks forward, never back; at most one of each person and thread. */
export async function upsertReadMarks(
  trx: Transaction<NotificationsDatabase>,
  marks: readonly ReadMark[]
): Promise<void> {
  await sql`
    /* prepared */ insert into read_marks as m (thread_id, user_id, last_read_seq)
    select thread_id, user_id, seq
    from unnest(${marks.map((mark) => mark.threadId)}::uuid[], ${marks.map((mark) => mark.userId)}::uuid[],
                ${marks.map((mark) => mark.seq)}::int[]) as r (thread_id, user_id, seq)
    order by thread_id, user_id
    on conflict (thread_id, user_id) do update set last_read_seq = excluded.last_read_seq, updated_at = now()
    where m.last_read_seq < excluded.last_read_seq`.execute(trx)
}

/** Returns how far a person has read a thread, for any of these pairs; 0 without a mark. */
export async function findReadMarks(
  trx: Transaction<NotificationsDatabase>,
  pairs: readonly { threadId: string; userId: string }[]
): Promise<(threadId: string, userId: string) => number> {
  const { rows } = await sql<{ thread_id: string; user_id: string; last_read_seq: number }>`
    /* prepared */ select thread_id, user_id, last_read_seq from read_marks
    where (thread_id, user_id) in (
      select * from unnest(${pairs.map((pair) => pair.threadId)}::uuid[], ${pairs.map((pair) => pair.userId)}::uuid[])
    )`.execute(trx)
  const byThread = new Map(
    [...Map.groupBy(rows, (row) => row.thread_id)].map(([threadId, marks]) => [
      threadId,
      new Map(marks.map((mark) => [mark.user_id, mark.last_read_seq]))
    ])
  )
  return (threadId, userId) => byThread.get(threadId)?.get(userId) ?? 0
}

/** Marks the message notifications as read whose latest message is not after the mark of their thread. */
export async function updateReadByMarks(
  trx: Transaction<NotificationsDatabase>,
  marks: readonly ReadMark[],
  now: Date
): Promise<void> {
  await sql`
    /* prepared */ with seen as (
      select n.id
      from unnest(${marks.map((mark) => mark.userId)}::uuid[],
                  ${marks.map((mark) => collapseKeyOf(mark.threadId))}::text[],
                  ${marks.map((mark) => mark.seq)}::int[]) as mark (user_id, collapse_key, seq)
      join notifications n on n.user_id = mark.user_id and n.collapse_key = mark.collapse_key
      where n.read_at is null and (n.data->>'seq')::int <= mark.seq
      order by n.user_id, n.collapse_key collate "C" for update of n
    )
    update notifications set read_at = ${now} from seen where notifications.id = seen.id`.execute(trx)
}

/** The key under which unread message notifications of one thread are one. */
export function collapseKeyOf(threadId: string): string {
  return `thread:${threadId}`
}

/** Deletes up to `limit` marks that no further notification can need. Returns the number deleted. */
export async function deleteOldReadMarks(
  db: Kysely<NotificationsDatabase>,
  options: { olderThanDays: number; limit: number }
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from read_marks where (thread_id, user_id) in (
      select thread_id, user_id from read_marks
      where updated_at < now() - make_interval(days => ${options.olderThanDays}::int)
      order by updated_at limit ${options.limit}::int for update skip locked
    )`.execute(db)
  return Number(numAffectedRows ?? 0)
}
