import { type Kysely, sql } from 'kysely'
import type { MessageRecord } from '#src/messages/message.ts'
import { receiverOf } from '#src/messages/receiver.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** How many conversations are searched, the most recently active first, and how many of the newest messages of each. */
const threadsMax = 50
const depth = 1_000

/**
 * Returns the newest messages that one person wrote to another (up to `until`), oldest first: in the conversation of the two, blocked or
 * not, and in their sessions and requests. Of these the 50 most recently active ones are searched, and the newest 1,000
 * messages of each, by either of them; older ones are left out.
 */
export async function listMessagesBetween(
  db: Kysely<ChatDatabase>,
  {
    senderId,
    receiverId,
    until,
    limit
  }: { senderId: string; receiverId: string; until?: string | undefined; limit: number }
): Promise<MessageRecord[]> {
  const { rows } = await sql<MessageRecord>`
    with shared as (
      select t.id, t.last_seq from (
        select id from conversations
        where user1_id = least(${senderId}::uuid, ${receiverId}::uuid)
          and user2_id = greatest(${senderId}::uuid, ${receiverId}::uuid)
        union
        select one.thread_id from members one join members other on other.thread_id = one.thread_id
        where one.user_id = ${senderId} and other.user_id = ${receiverId}
      ) s join threads t on t.id = s.id
      where t.context in ('direct', 'session', 'request')
      order by t.last_message_at desc nulls last limit ${threadsMax}
    ), newest as (
      select m.* from shared
      cross join lateral (
        select * from messages
        where thread_id = shared.id and seq > shared.last_seq - ${depth}::int and sender_id = ${senderId}
          and ${until === undefined ? sql`true` : sql`created_at <= ${until}`}
        order by seq desc limit ${limit}
      ) m
      order by m.created_at desc, m.id desc limit ${limit}
    )
    select m.id, m.thread_id, m.seq, m.kind, m.sender_id, u.display_name as sender_name, m.body, m.client_msg_id,
           m.created_at, m.message_type, ${receiverOf('m')} as receiver_id
    from newest m left join users u on u.id = m.sender_id
    order by m.created_at, m.id`.execute(db)
  return rows
}
