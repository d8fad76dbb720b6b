import { sql, type Transaction } from 'kysely'
import type { NotificationsDatabase, UnseenMessageRow } from '#src/schema.ts'

/** Messages of one thread that one person may have missed: the latest of them, and how many they are. */
export type MissedMessages = Omit<UnseenMessageRow, 'due_at' | 'last_at'>

/** A person in a thread. */
export type Place = Pick<UnseenMessageRow, 'thread_id' | 'user_id'>

/**
 * Stores messages for people with a live socket in the thread, to look again after `waitMs`. A row that waits already
 * keeps its time and takes the later message. Messages that are read or come across a block are left out.
 */
export async function upsertUnseen(
  trx: Transaction<NotificationsDatabase>,
  messages: readonly MissedMessages[],
  waitMs: number
): Promise<void> {
  if (messages.length === 0) return
  await sql`
    /* prepared */ with sent as (
      select * from unnest(
        ${messages.map((one) => one.thread_id)}::uuid[], ${messages.map((one) => one.user_id)}::uuid[],
        ${messages.map((one) => one.context)}::text[], ${messages.map((one) => one.context_id)}::uuid[],
        ${messages.map((one) => one.event_id)}::uuid[], ${messages.map((one) => one.message_id)}::uuid[],
        ${messages.map((one) => one.sender_id)}::uuid[], ${messages.map((one) => one.seq)}::int[],
        ${messages.map((one) => one.excerpt)}::text[])
        as s (thread_id, user_id, context, context_id, event_id, message_id, sender_id, seq, excerpt)
      where not exists (
        select from blocks b where b.active
          and (b.blocker_id, b.blocked_id) in ((s.user_id, s.sender_id), (s.sender_id, s.user_id)))
      and not exists (
        select from read_marks m
        where m.thread_id = s.thread_id and m.user_id = s.user_id and m.last_read_seq >= s.seq)
    ), latest as (
      select distinct on (thread_id, user_id) *, count(*) over (partition by thread_id, user_id)::int as count
      from sent order by thread_id, user_id, seq desc
    )
    insert into unseen_messages as u
      (thread_id, user_id, context, context_id, event_id, message_id, sender_id, seq, excerpt, count, due_at, last_at)
    select thread_id, user_id, context, context_id, event_id, message_id, sender_id, seq, excerpt, count,
           now() + make_interval(secs => ${waitMs}::float8 / 1000), now()
    from latest order by thread_id, user_id
    on conflict (thread_id, user_id) do update set
      (event_id, message_id, sender_id, seq, excerpt) = (
        select l.event_id, l.message_id, l.sender_id, l.seq, l.excerpt
        from (values (excluded.event_id, excluded.message_id, excluded.sender_id, excluded.seq, excluded.excerpt),
                     (u.event_id, u.message_id, u.sender_id, u.seq, u.excerpt))
             as l (event_id, message_id, sender_id, seq, excerpt)
        order by l.seq desc limit 1),
      count = u.count + excluded.count,
      last_at = now()`.execute(trx)
}

/** A row that is due, locked until the transaction ends. */
export interface DueRow extends UnseenMessageRow {
  /** Its latest message is younger than the wait. */
  is_recent: boolean
}

/** Locks up to `limit` rows that are due and skips those that another transaction has locked. */
export async function lockDue(
  trx: Transaction<NotificationsDatabase>,
  options: { waitMs: number; limit: number }
): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    select *, last_at + make_interval(secs => ${options.waitMs}::float8 / 1000) > now() as is_recent
    from unseen_messages where due_at <= now()
    order by due_at limit ${options.limit}::int for update skip locked`.execute(trx)
  return rows
}

/** Looks at these rows again when their latest message has waited for `waitMs`. */
export async function deferUnseen(
  trx: Transaction<NotificationsDatabase>,
  places: readonly Place[],
  waitMs: number
): Promise<void> {
  if (places.length === 0) return
  await sql`
    update unseen_messages u set due_at = u.last_at + make_interval(secs => ${waitMs}::float8 / 1000)
    from ${asRows(places)} where u.thread_id = p.thread_id and u.user_id = p.user_id`.execute(trx)
}

/** Deletes rows that the transaction has locked. */
export async function deleteUnseen(trx: Transaction<NotificationsDatabase>, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return
  await sql`
    delete from unseen_messages u using ${asRows(places)}
    where u.thread_id = p.thread_id and u.user_id = p.user_id`.execute(trx)
}

/** Deletes what these marks cover. */
export async function deleteUnseenUpTo(
  trx: Transaction<NotificationsDatabase>,
  marks: readonly { threadId: string; userId: string; seq: number }[]
): Promise<void> {
  await sql`
    /* prepared */ with seen as (
      select u.thread_id, u.user_id
      from unnest(${marks.map((mark) => mark.threadId)}::uuid[], ${marks.map((mark) => mark.userId)}::uuid[],
                  ${marks.map((mark) => mark.seq)}::int[]) as m (thread_id, user_id, seq)
      join unseen_messages u on u.thread_id = m.thread_id and u.user_id = m.user_id and u.seq <= m.seq
      order by u.thread_id, u.user_id for update of u
    )
    delete from unseen_messages u using seen
    where u.thread_id = seen.thread_id and u.user_id = seen.user_id`.execute(trx)
}

/** Makes what waits at these places due now. */
export async function makeDue(trx: Transaction<NotificationsDatabase>, places: readonly Place[]): Promise<void> {
  await sql`
    with waiting as (
      select u.thread_id, u.user_id from unseen_messages u
      join ${asRows(places)} on u.thread_id = p.thread_id and u.user_id = p.user_id
      order by u.thread_id, u.user_id for update of u
    )
    update unseen_messages u set due_at = now() from waiting
    where u.thread_id = waiting.thread_id and u.user_id = waiting.user_id`.execute(trx)
}

function asRows(places: readonly Place[]) {
  return sql`unnest(${places.map((place) => place.thread_id)}::uuid[], ${places.map((place) => place.user_id)}::uuid[])
    as p (thread_id, user_id)`
}
