import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'

/** What a member has read of a thread. */
export interface ReadMark {
  last_read_seq: number
  unread_count: number
}

/** A mark to set; without `lastReadSeq` at the end of the thread. */
export interface NewMark {
  threadId: string
  userId: string
  lastReadSeq: number | undefined
}

/** Returns the member's mark; undefined for a person who is not in the thread. */
export async function findReadMark(
  db: Kysely<ChatDatabase>,
  threadId: string,
  userId: string
): Promise<ReadMark | undefined> {
  const { rows } = await sql<ReadMark>`
    select m.last_read_seq,
           (t.last_seq - m.last_read_seq) - (m.sent_count - m.sent_count_when_read) as unread_count
    from members m join threads t on t.id = m.thread_id
    where m.thread_id = ${threadId} and m.user_id = ${userId}`.execute(db)
  return rows[0]
}

/**
 * Locks the member, so that a message being sent and a mark being moved count the same messages. Returns where the mark is;
 * undefined for a person who is not in the thread.
 */
export async function lockMark(
  trx: Transaction<ChatDatabase>,
  threadId: string,
  userId: string
): Promise<number | undefined> {
  const member = await trx
    .selectFrom('members')
    .select('last_read_seq')
    .where('thread_id', '=', threadId)
    .where('user_id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return member?.last_read_seq
}

/** Moves a locked member's mark forward, at most to the end; returns whether it moved. */
export async function updateReadMark(trx: Transaction<ChatDatabase>, mark: NewMark): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update members m set
      last_read_seq = target.seq,
      sent_count_when_read = m.sent_count - (
        select count(*) from messages own
        where own.thread_id = m.thread_id and own.seq > target.seq and own.sender_id = m.user_id)
    from (select id, least(coalesce(${mark.lastReadSeq ?? null}::float8, last_seq), last_seq)::int as seq
          from threads where id = ${mark.threadId}) as target
    where m.thread_id = target.id and m.user_id = ${mark.userId} and m.last_read_seq < target.seq`.execute(trx)
  return numAffectedRows === 1n
}
