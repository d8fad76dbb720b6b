import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'

/** A message that was read, and its sender. */
export interface ReceivedMessage {
  id: string
  seq: number
  sender_id: string
  sender_is_premium: boolean
}

/**
 * Returns when a member, whom the caller holds locked, first read a message of a direct thread. If there is no receipt of
 * it, this gives one for everything up to `upToSeq`.
 */
export async function giveReceipt(
  trx: Transaction<ChatDatabase>,
  read: { threadId: string; userId: string; seq: number; upToSeq: number; now: Date }
): Promise<Date> {
  const { threadId, userId, seq, upToSeq, now } = read
  const { rows } = await sql<{ read_at: Date }>`
    with earlier as (
      select read_at from read_receipts
      where thread_id = ${threadId} and user_id = ${userId} and up_to_seq >= ${seq}
      order by up_to_seq limit 1
    ), given as (
      insert into read_receipts (thread_id, user_id, up_to_seq, read_at)
      select ${threadId}::uuid, ${userId}::uuid, ${upToSeq}::int, ${now}::timestamptz
      where not exists (select from earlier)
      returning read_at
    )
    select read_at from earlier union all select read_at from given`.execute(trx)
  const [receipt] = rows
  if (receipt === undefined) throw new Error(`no receipt of ${threadId} was stored`)
  return receipt.read_at
}

/** Returns the newest message between two `seq`, the second included, that a member of a direct thread received. */
export async function findReceivedMessage(
  trx: Transaction<ChatDatabase>,
  { threadId, userId, afterSeq, upToSeq }: { threadId: string; userId: string; afterSeq: number; upToSeq: number }
): Promise<ReceivedMessage | undefined> {
  const { rows } = await sql<ReceivedMessage>`
    select m.id, m.seq, m.sender_id, coalesce(u.tier = 'premium', false) as sender_is_premium
    from messages m left join users u on u.id = m.sender_id
    where m.thread_id = ${threadId} and m.seq > ${afterSeq} and m.seq <= ${upToSeq} and m.sender_id <> ${userId}
    order by m.seq desc limit 1`.execute(trx)
  return rows[0]
}

/** Returns where the mark of a former member of a direct thread stood, and what they have sent since. */
export async function findEarlierMark(
  trx: Transaction<ChatDatabase>,
  threadId: string,
  userId: string
): Promise<{ last_read_seq: number; sent_count: number }> {
  const { rows } = await sql<{ last_read_seq: number; sent_count: number }>`
    select last_read_seq, (
      select count(*)::int from messages where thread_id = ${threadId} and seq > last_read_seq and sender_id = ${userId}
    ) as sent_count
    from (
      select coalesce(max(up_to_seq), 0) as last_read_seq from read_receipts
      where thread_id = ${threadId} and user_id = ${userId}
    ) as receipt`.execute(trx)
  return rows[0] ?? { last_read_seq: 0, sent_count: 0 }
}

/** A message of a direct thread and the two people of its conversation. */
export interface FoundMessage {
  thread_id: string
  seq: number
  sender_id: string | null
  user_ids: string[]
  status: string
}

/** Returns a message of any direct conversation. */
export async function findDirectMessage(
  db: Kysely<ChatDatabase>,
  messageId: string
): Promise<FoundMessage | undefined> {
  const { rows } = await sql<FoundMessage>`
    select m.thread_id, m.seq, m.sender_id, array[c.user1_id, c.user2_id] as user_ids, c.status
    from messages m join conversations c on c.id = m.thread_id
    where m.id = ${messageId} and m.message_type is not null`.execute(db)
  return rows[0]
}
