import { type Kysely, sql } from 'kysely'
import type { MessageRecord } from '#src/messages/message.ts'
import { receiverOf } from '#src/messages/receiver.repository.ts'
import { shownBody } from '#src/messages/shown-body.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** Both bounds are exclusive; without `after` the range ends with the newest message. */
export interface SeqRange {
  after?: number | undefined
  before?: number | undefined
  limit: number
}

/** A page of a thread's log for several readers, and the state of the log, from one snapshot. */
export interface LogPage {
  epoch: string
  last_seq: number
  members_version: number
  /** Oldest first; empty when none of the readers may read. */
  messages: MessageRecord[]
  ended: { user_id: string; reason: 'not_a_member' | 'account_disabled' | 'user_not_found' }[]
}

/**
 * Returns a range of a thread, oldest message first. With `readerId`: none when that person is not in the thread at the
 * instant of reading, even if an earlier check found them there.
 */
export async function readRange(
  db: Kysely<ChatDatabase>,
  threadId: string,
  range: SeqRange & { readerId?: string }
): Promise<MessageRecord[]> {
  const oldestFirst = range.after !== undefined
  let query = db
    .selectFrom('messages as m')
    .leftJoin('users as u', 'u.id', 'm.sender_id')
    .select(['m.id', 'm.thread_id', 'm.seq', 'm.kind', 'm.sender_id', 'u.display_name as sender_name'])
    .select(shownBody('m').as('body'))
    .select(['m.client_msg_id', 'm.created_at', 'm.message_type'])
    .select(receiverOf('m').as('receiver_id'))
    .where('m.thread_id', '=', threadId)
  if (range.after !== undefined) query = query.where('m.seq', '>', range.after)
  if (range.before !== undefined) query = query.where('m.seq', '<', range.before)
  const { readerId } = range
  if (readerId !== undefined) {
    query = query.where(({ exists, selectFrom }) =>
      exists(selectFrom('members').select('user_id').where('thread_id', '=', threadId).where('user_id', '=', readerId))
    )
  }
  const rows = await query
    .orderBy('m.seq', oldestFirst ? 'asc' : 'desc')
    .limit(range.limit)
    .execute()
  return oldestFirst ? rows : rows.toReversed()
}

/**
 * Returns the messages after a `seq`, and which of the readers may not read them. One statement, so memberships and messages
 * are from one snapshot: a reader who is removed before a message is written never gets it.
 */
export async function readLog(
  db: Kysely<ChatDatabase>,
  page: { threadId: string; afterSeq: number; limit: number; readerIds: readonly string[] }
): Promise<LogPage> {
  const { rows } = await sql<Omit<LogPage, 'messages'> & { messages: WithTextDate[] }>`
    with readers as materialized (
      select r.id as user_id, case
        when u.id is null or u.deleted then 'user_not_found'
        when u.disabled then 'account_disabled'
        when m.user_id is null then 'not_a_member' end as reason
      from unnest(${page.readerIds}::uuid[]) as r (id)
      left join users u on u.id = r.id
      left join members m on m.thread_id = ${page.threadId} and m.user_id = r.id
    ), page as (
      select m.id, m.thread_id, m.seq, m.kind, m.sender_id, u.display_name as sender_name,
             ${shownBody('m')} as body, m.client_msg_id, m.created_at, m.message_type,
             ${receiverOf('m')} as receiver_id
      from messages m left join users u on u.id = m.sender_id
      where m.thread_id = ${page.threadId} and m.seq > ${page.afterSeq}::bigint
        and exists (select from readers where reason is null)
      order by m.seq limit ${page.limit}
    )
    select c.epoch, coalesce(t.last_seq, 0) as last_seq, coalesce(t.members_version, 0) as members_version,
           coalesce((select json_agg(page order by seq) from page), '[]') as messages,
           coalesce((select json_agg(readers) from readers where reason is not null), '[]') as ended
    from continuity c left join threads t on t.id = ${page.threadId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the table continuity has no row')
  return { ...row, messages: row.messages.map(withDate) }
}

/** A message as `json_agg` returns it. */
type WithTextDate = Omit<MessageRecord, 'created_at'> & { created_at: string }

function withDate(message: WithTextDate): MessageRecord {
  return { ...message, created_at: new Date(message.created_at) }
}

/** Returns what a list of sessions shows of each of these threads to one of its members. */
export async function listSummaries(db: Kysely<ChatDatabase>, userId: string, threadIds: readonly string[]) {
  const { rows } = await sql<{
    thread_id: string
    unread_count: number
    last_message_at: Date | null
    last_message: WithTextDate | null
  }>`
    select t.id as thread_id, t.last_message_at,
           (t.last_seq - m.last_read_seq) - (m.sent_count - m.sent_count_when_read) as unread_count,
           case when l.seq is not null then json_build_object(
             'id', l.id, 'thread_id', l.thread_id, 'seq', l.seq, 'kind', l.kind, 'sender_id', l.sender_id,
             'sender_name', u.display_name, 'body', ${shownBody('l')}, 'client_msg_id', l.client_msg_id,
             'created_at', l.created_at, 'message_type', l.message_type, 'receiver_id', ${receiverOf('l')}) end as last_message
    from unnest(${threadIds}::uuid[]) as wanted (id)
    join threads t on t.id = wanted.id
    join members m on m.thread_id = t.id and m.user_id = ${userId}
    left join messages l on l.thread_id = t.id and l.seq = t.last_seq
    left join users u on u.id = l.sender_id`.execute(db)
  return rows.map((row) => ({
    ...row,
    last_message: row.last_message && withDate(row.last_message)
  }))
}
