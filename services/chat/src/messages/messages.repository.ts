import { type Kysely, sql } from 'kysely'
import type { MessageRecord } from '#src/messages/message.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** Which stretch of a thread to read. Both bounds are exclusive; without `after` it is the newest stretch. */
export interface MessageRange {
  after?: number | undefined
  before?: number | undefined
  limit: number
}

/** A bounded stretch of a thread, oldest first. */
export async function listMessages(
  db: Kysely<ChatDatabase>,
  threadId: string,
  range: MessageRange
): Promise<MessageRecord[]> {
  const oldestFirst = range.after !== undefined
  let query = db
    .selectFrom('messages as m')
    .leftJoin('users as u', 'u.id', 'm.sender_id')
    .select(['m.id', 'm.thread_id', 'm.seq', 'm.kind', 'm.sender_id', 'u.display_name as sender_name', 'm.body'])
    .select(['m.client_msg_id', 'm.created_at'])
    .where('m.thread_id', '=', threadId)
  if (range.after !== undefined) query = query.where('m.seq', '>', range.after)
  if (range.before !== undefined) query = query.where('m.seq', '<', range.before)
  const rows = await query
    .orderBy('m.seq', oldestFirst ? 'asc' : 'desc')
    .limit(range.limit)
    .execute()
  return oldestFirst ? rows : rows.toReversed()
}

/** What a list of plans shows of each of these threads to one of its members. */
export async function listSummaries(db: Kysely<ChatDatabase>, userId: string, threadIds: readonly string[]) {
  const { rows } = await sql<{
    thread_id: string
    unread_count: number
    last_message_at: Date | null
    last_message: (Omit<MessageRecord, 'created_at'> & { created_at: string }) | null
  }>`
    select t.id as thread_id, t.last_message_at,
           (t.last_seq - m.last_read_seq) - (m.sent_count - m.sent_count_when_read) as unread_count,
           case when l.seq is not null then json_build_object(
             'id', l.id, 'thread_id', l.thread_id, 'seq', l.seq, 'kind', l.kind, 'sender_id', l.sender_id,
             'sender_name', u.display_name, 'body', l.body, 'client_msg_id', l.client_msg_id,
             'created_at', l.created_at) end as last_message
    from unnest(${threadIds}::uuid[]) as wanted (id)
    join threads t on t.id = wanted.id
    join members m on m.thread_id = t.id and m.user_id = ${userId}
    left join messages l on l.thread_id = t.id and l.seq = t.last_seq
    left join users u on u.id = l.sender_id`.execute(db)
  return rows.map((row) => ({
    ...row,
    last_message: row.last_message && { ...row.last_message, created_at: new Date(row.last_message.created_at) }
  }))
}
