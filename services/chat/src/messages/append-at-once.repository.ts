import { MessageSent } from '@belay/contracts'
import { outboxInsertion } from '@belay/events'
import { type Kysely, sql } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import type { AppendInput, LockedThread } from './append.repository.ts'
import type { LimitRule } from './budgets.ts'

/** A message to append, with the id that it gets. */
export interface MessageToAppend {
  id: string
  input: AppendInput
}

/** A message that was appended; `ord` is its position among the inputs, from 1. */
export interface Appended extends Pick<LockedThread, 'context' | 'context_id' | 'members_version' | 'epoch'> {
  ord: number
  seq: number
  sender_name: string
  /** Up to 51 members of the thread; 51 means that there are too many to name them all. */
  member_ids: string[]
  /** Of their events in the outbox. */
  position: number
}

export interface AppendAtOnceOptions {
  now: Date
  rules: readonly LimitRule[]
  /** Of the batch that the messages' events are. */
  batchId: string
}

/**
 * Appends those of the messages about which there is nothing to decide, in one statement that commits by itself: the thread
 * takes messages of the sender, who is a member with an account in order and has not used up a limit, and the message is no
 * repeat. The others are left out. Resolves to undefined, and nothing is written, when what the statement saw changed before
 * it had its locks: then they have to be looked at one by one.
 *
 * The statement sees what was committed before it began, and waits for locks after that. What may have changed in
 * between is checked under the lock: the thread by locking it, the membership by counting the message in its row, a limit by
 * counting in its window, a repeat by the unique index. Locks are taken in the order in which `lockThreads` and
 * `Budgets.lock` take them.
 */
export async function appendAtOnce(
  db: Kysely<ChatDatabase>,
  messages: readonly MessageToAppend[],
  options: AppendAtOnceOptions
): Promise<Appended[] | undefined> {
  try {
    return (await statement(messages, options).execute(db)).rows
  } catch (error) {
    if (isOvertaken(error)) return undefined
    throw error
  }
}

function statement(messages: readonly MessageToAppend[], { now, rules, batchId }: AppendAtOnceOptions) {
  return sql<Appended>`
    /* prepared */ with input as materialized (
      select * from ${listOf(messages)}
    ), thread as materialized (
      select id, context, context_id, only_sender_id, last_seq, members_version,
             array(select user_id from members where thread_id = t.id limit 51) as member_ids
      from threads t
      where id = any(${[...new Set(messages.map(({ input }) => input.thread_id))]}::uuid[]) and not locked
      order by id for no key update
    )${limits(rules)}, chosen as materialized (
      select i.*, t.context, t.context_id, t.members_version, t.member_ids, u.display_name,
             (t.last_seq + row_number() over (partition by i.thread_id order by i.ord))::int as seq
      from input i
      join thread t on t.id = i.thread_id and (t.only_sender_id is null or t.only_sender_id = i.sender_id)
      join members m on m.thread_id = i.thread_id and m.user_id = i.sender_id
      join users u on u.id = i.sender_id and not u.disabled and not u.deleted
      left join lateral (
        select true as found from messages
        where thread_id = i.thread_id and sender_id = i.sender_id and client_msg_id = i.client_msg_id
        limit 1
      ) repeated on i.client_msg_id is not null
      where repeated.found is null${usedUp(rules, now)}
    ), written as (
      insert into messages (thread_id, seq, id, kind, sender_id, body, client_msg_id, created_at, message_type)
      select thread_id, seq, id, 'user', sender_id, body, client_msg_id, ${now},
             case when context = 'direct' then message_type end
      from chosen
    ), moved as (
      update threads t set last_seq = c.last_seq, last_message_at = ${now}
      from (select thread_id, max(seq) as last_seq from chosen group by 1) c
      where t.id = c.thread_id
    ), active as (
      update conversations c set last_activity = greatest(c.last_activity, ${now})
      where c.id in (select thread_id from chosen where context = 'direct')
    ), counted as (
      update members m set sent_count = m.sent_count + c.sent
      from (select thread_id, sender_id, count(*)::int as sent from chosen group by 1, 2) c
      where m.thread_id = c.thread_id and m.user_id = c.sender_id
      returning c.sent
    )${charged(rules, now)}, ${outboxInsertion({ id: batchId, type: MessageSent.type, refs })}, checked as materialized (
      select require_unchanged(
        (select coalesce(sum(sent), 0) from counted) = (select count(*) from chosen)${withinLimits(rules)}
      )
    )
    select ord::int as ord, seq, display_name as sender_name, context, context_id, members_version, member_ids,
           (select epoch from continuity) as epoch, (select position from recorded) as position
    from chosen, checked
    order by ord`
}

function listOf(messages: readonly MessageToAppend[]) {
  const inputs = messages.map(({ input }) => input)
  return sql`unnest(
        ${inputs.map((input) => input.thread_id)}::uuid[], ${inputs.map((input) => input.sender_id)}::uuid[],
        ${inputs.map((input) => input.body)}::text[], ${inputs.map((input) => input.client_msg_id)}::text[],
        ${inputs.map((input) => input.message_type ?? 'text')}::text[],
        ${inputs.map((input) => input.from_socket ?? false)}::boolean[], ${messages.map(({ id }) => id)}::uuid[])
        with ordinality as i (thread_id, sender_id, body, client_msg_id, message_type, from_socket, id, ord)`
}

const none = sql``
/** As `messageReferences.refOf` has them. */
const refs = sql`select json_agg(json_build_array(thread_id, seq) order by ord) from chosen`

const overtaken: ReadonlySet<unknown> = new Set([
  // Raised by `require_unchanged`.
  'BL001',
  // Unique violation: a repeat.
  '23505',
  // Deadlock detected.
  '40P01'
])

function isOvertaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && overtaken.has(error.code)
}

function limits(rules: readonly LimitRule[]) {
  if (rules.length === 0) return none
  return sql`, rule as materialized (
      select * from unnest(
        ${rules.map(({ limit }) => limit.name)}::text[], ${rules.map(({ context }) => context)}::text[],
        ${rules.map(({ socketOnly }) => socketOnly)}::boolean[], ${rules.map(({ limit }) => limit.max)}::int[],
        ${rules.map(({ limit }) => limit.windowSeconds)}::int[])
        as r (name, context, socket_only, max, window_seconds)
    )`
}

/** Leaves out the messages of senders who had used up a limit before. */
function usedUp(rules: readonly LimitRule[], now: Date) {
  if (rules.length === 0) return none
  return sql`
        and not exists (
        select from rule r join rate_limits l on l.subject = i.sender_id::text and l.limit_name = r.name
        where r.context = t.context and (i.from_socket or not r.socket_only) and l.used >= r.max
          and l.window_started_at + make_interval(secs => r.window_seconds) > ${now}
      )`
}

/** Counts the messages in their senders' windows, in one order everywhere. */
function charged(rules: readonly LimitRule[], now: Date) {
  if (rules.length === 0) return none
  const isOver = sql`
        l.window_started_at + make_interval(
          secs => (select window_seconds from rule where name = excluded.limit_name)) <= ${now}`
  return sql`, charged as (
      insert into rate_limits as l (subject, limit_name, window_started_at, used)
      select c.sender_id::text, r.name, ${now}, count(*)::int
      from chosen c join rule r on r.context = c.context and (c.from_socket or not r.socket_only)
      group by 1, 2 order by 2, 1
      on conflict (subject, limit_name) do update set
        used = case when ${isOver} then excluded.used else l.used + excluded.used end,
        window_started_at = case when ${isOver} then ${now} else l.window_started_at end
      returning limit_name, used
    )`
}

function withinLimits(rules: readonly LimitRule[]) {
  if (rules.length === 0) return none
  return sql`
        and not exists (select from charged c join rule r on r.name = c.limit_name where c.used > r.max)`
}
