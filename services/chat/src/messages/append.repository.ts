import type { MessageType } from '@belay/contracts'
import { sendTogether } from '@belay/db'
import { type Kysely, sql, type Transaction } from 'kysely'
import { type MessageRecord, otherThan } from '#src/messages/message.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** A message that a person wants to send. */
export interface AppendInput {
  thread_id: string
  sender_id: string
  body: string
  client_msg_id: string | null
  /** Of direct threads; text by default. */
  message_type?: MessageType | undefined
  /** Sent over a socket, which direct threads limit further. */
  from_socket?: boolean
}

/** A thread under this transaction's lock. */
export interface LockedThread {
  id: string
  context: 'session' | 'event' | 'request' | 'direct'
  context_id: string
  context_status: string
  locked: boolean
  only_sender_id: string | null
  last_seq: number
  members_version: number
  epoch: string
}

/** What the outcome of one input depends on; `ord` is its position among the inputs. */
export interface AppendFacts {
  ord: number
  thread_id: string
  is_member: boolean
  sender_name: string | null
  sender_disabled: boolean | null
  first: MessageRecord | null
  /** Up to 51 members of the thread; 51 means that there are too many to name them all. */
  member_ids: string[]
}

/** A message to insert. */
export interface NewMessage extends Omit<MessageRecord, 'sender_name'> {
  /** The person whose name replaces the placeholder in the body of a system message. */
  subject_user_id?: string | null
}

/**
 * Locks threads in one order everywhere, so that batches wait for each other instead of deadlocking. Rows of conversations
 * are locked after their threads, here and by every change of a conversation.
 */
export async function lockThreads(trx: Transaction<ChatDatabase>, ids: readonly string[]): Promise<LockedThread[]> {
  return (await locking(ids).execute(trx)).rows
}

const locking = (ids: readonly string[]) => sql<LockedThread>`
  /* prepared */ select id, context, context_id, context_status, locked, only_sender_id, last_seq, members_version,
         (select epoch from continuity) as epoch
  from threads where id = any(${ids}::uuid[]) order by id for no key update`

/**
 * Locks the inputs' threads and reads membership, account and earlier message of each input. The reading is a statement of
 * its own, sent with the first one but run after the locks are taken: its snapshot includes everything that was committed
 * while it waited for them, such as a repeat on another replica. Repeats are looked up one by one (`lateral`): a query plan
 * that was made while the log was empty must not scan it later.
 */
export async function lockAndRead(
  trx: Transaction<ChatDatabase>,
  inputs: readonly AppendInput[]
): Promise<[LockedThread[], AppendFacts[]]> {
  const threadIds = [...new Set(inputs.map((input) => input.thread_id))]
  const [threads, rows] = await sendTogether(
    trx,
    locking(threadIds),
    sql<FactsRow>`
    /* prepared */ select i.ord::int as ord, i.thread_id, m.user_id is not null as is_member, u.display_name as sender_name,
           u.disabled as sender_disabled, r.seq as first_seq, r.id as first_id, r.body as first_body,
           r.created_at as first_created_at, r.message_type as first_message_type,
           array(select user_id from members where thread_id = i.thread_id limit 51) as member_ids
    from unnest(${inputs.map((input) => input.thread_id)}::uuid[], ${inputs.map((input) => input.sender_id)}::uuid[],
                ${inputs.map((input) => input.client_msg_id)}::text[])
         with ordinality as i (thread_id, sender_id, client_msg_id, ord)
    left join members m on m.thread_id = i.thread_id and m.user_id = i.sender_id
    left join users u on u.id = i.sender_id and not u.deleted
    left join lateral (
      select seq, id, body, created_at, message_type from messages
      where thread_id = i.thread_id and sender_id = i.sender_id and client_msg_id = i.client_msg_id
      limit 1
    ) r on i.client_msg_id is not null
    order by i.ord`
  )
  return [
    threads,
    rows.map((row) => ({
      ord: row.ord,
      thread_id: row.thread_id,
      is_member: row.is_member,
      sender_name: row.sender_name,
      sender_disabled: row.sender_disabled,
      member_ids: row.member_ids,
      first: row.first_seq === null ? null : firstMessage(row, row.first_seq, inputs[row.ord - 1])
    }))
  ]
}

interface FactsRow extends Omit<AppendFacts, 'first'> {
  first_seq: number | null
  first_id: string
  first_body: string
  first_created_at: Date
  first_message_type: MessageType | null
}

function firstMessage(row: FactsRow, seq: number, input: AppendInput | undefined): MessageRecord | null {
  if (input === undefined) return null
  return {
    id: row.first_id,
    thread_id: input.thread_id,
    seq,
    kind: 'user',
    sender_id: input.sender_id,
    sender_name: row.sender_name,
    body: row.first_body,
    client_msg_id: input.client_msg_id,
    created_at: row.first_created_at,
    message_type: row.first_message_type,
    receiver_id: row.first_message_type === null ? null : otherThan(input.sender_id, row.member_ids)
  }
}

/** Returns up to 51 members of each thread; 51 means that there are too many to name them all. */
export async function listMemberIds(
  db: Kysely<ChatDatabase>,
  threadIds: readonly string[]
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ thread_id: string; member_ids: string[] }>`
    /* prepared */ select t.id as thread_id, array(select user_id from members where thread_id = t.id limit 51) as member_ids
    from unnest(${threadIds}::uuid[]) as t (id)`.execute(db)
  return new Map(rows.map((row) => [row.thread_id, row.member_ids]))
}

/**
 * Inserts messages whose `seq` the caller assigned under the threads' locks; updates the threads' ends, the senders' counts
 * and the activity of direct conversations.
 */
export async function insertMessages(trx: Transaction<ChatDatabase>, messages: readonly NewMessage[]): Promise<void> {
  const isDirect = messages.some((message) => message.message_type !== null)
  await sql`
    /* prepared */ with written as (
      insert into messages (thread_id, seq, id, kind, sender_id, body, client_msg_id, created_at, subject_user_id,
                            message_type)
      select * from unnest(
        ${messages.map((message) => message.thread_id)}::uuid[], ${messages.map((message) => message.seq)}::int[],
        ${messages.map((message) => message.id)}::uuid[], ${messages.map((message) => message.kind)}::text[],
        ${messages.map((message) => message.sender_id)}::uuid[], ${messages.map((message) => message.body)}::text[],
        ${messages.map((message) => message.client_msg_id)}::text[],
        ${messages.map((message) => message.created_at)}::timestamptz[],
        ${messages.map((message) => message.subject_user_id ?? null)}::uuid[],
        ${messages.map((message) => message.message_type)}::text[])
      returning thread_id, seq, sender_id, created_at
    ), moved as (
      update threads t set last_seq = w.last_seq, last_message_at = w.last_message_at
      from (select thread_id, max(seq) as last_seq, max(created_at) as last_message_at from written group by 1) w
      where t.id = w.thread_id
    )${isDirect ? active : sql``}
    update members m set sent_count = m.sent_count + w.sent
    from (select thread_id, sender_id, count(*)::int as sent from written where sender_id is not null group by 1, 2) w
    where m.thread_id = w.thread_id and m.user_id = w.sender_id`.execute(trx)
}

const active = sql`, active as (
      update conversations c set last_activity = greatest(c.last_activity, w.last_activity)
      from (select thread_id, max(created_at) as last_activity from written group by 1) w
      where c.id = w.thread_id
    )`
