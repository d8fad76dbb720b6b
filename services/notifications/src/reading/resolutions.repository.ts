import type { NotificationType } from '@belay/contracts'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { NotificationsDatabase, ResolutionRow } from '#src/schema.ts'

/** What a person was asked by a type of notification: about a session, a request to join or to chat, or any request of an event. */
export interface Asked {
  userId: string
  type: NotificationType
  subjectId: string
}

/** Spelled out, not bound: the condition has to match the index's own. */
const asksForAnAnswer = sql`type in ('session_invited', 'feedback_requested', 'event_request_received', 'message_request_received')`

/**
 * Which of these have been answered. None of the others can be answered before the transaction ends, so that the answer
 * finds what is written now.
 */
export async function lockAnswered(
  trx: Transaction<NotificationsDatabase>,
  asked: readonly Asked[]
): Promise<(one: Asked) => boolean> {
  const questions = sql`unnest(
    ${asked.map((one) => one.userId)}::uuid[], ${asked.map((one) => one.type)}::text[],
    ${asked.map((one) => one.subjectId)}::uuid[]) as asked (user_id, type, subject_id)`
  await sql`
    insert into resolutions (user_id, type, subject_id, resolved)
    select user_id, type, subject_id, false from ${questions} order by user_id, type, subject_id
    on conflict do nothing`.execute(trx)
  const { rows } = await sql<ResolutionRow>`
    select * from resolutions where (user_id, type, subject_id) in (select * from ${questions})
    order by user_id, type, subject_id for share`.execute(trx)
  const answered = new Set(
    rows.filter((row) => row.resolved).map((row) => `${row.user_id} ${row.type} ${row.subject_id}`)
  )
  return ({ userId, type, subjectId }) => answered.has(`${userId} ${type} ${subjectId}`)
}

/** Stores that this has been answered. */
export async function upsertAnswered(trx: Transaction<NotificationsDatabase>, asked: Asked): Promise<void> {
  const { userId: user_id, type, subjectId: subject_id } = asked
  await trx
    .insertInto('resolutions')
    .values({ user_id, type, subject_id, resolved: true })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'type', 'subject_id']).doUpdateSet({ resolved: true, updated_at: sql`now()` })
    )
    .execute()
}

/** Marks as read what asked a person this, by the session or the request that it is about. */
export async function updateReadBySubject(
  trx: Transaction<NotificationsDatabase>,
  asked: Asked,
  now: Date
): Promise<void> {
  await sql`
    update notifications set read_at = ${now}
    where user_id = ${asked.userId} and type = ${asked.type} and read_at is null
      and ${asksForAnAnswer}
      and coalesce(data->>'request_id', data->>'session_id') = ${asked.subjectId}`.execute(trx)
}

/** Marks the requests to join an event as read by its host. */
export async function updateReadByEvent(
  trx: Transaction<NotificationsDatabase>,
  event: { hostId: string; eventId: string },
  now: Date
): Promise<void> {
  await sql`
    update notifications set read_at = ${now}
    where user_id = ${event.hostId} and type = 'event_request_received' and read_at is null
      and data->>'event_id' = ${event.eventId}`.execute(trx)
}

/** Marks as read what two people asked each other. */
export async function updateReadBetween(
  trx: Transaction<NotificationsDatabase>,
  pair: readonly [string, string],
  now: Date
): Promise<void> {
  await sql`
    update notifications set read_at = ${now}
    where user_id = any(${pair}::uuid[]) and actor_id = any(${pair}::uuid[]) and read_at is null
      and ${asksForAnAnswer}`.execute(trx)
}

/** Deletes up to `limit` entries that no further notification can need. Returns the number deleted. */
export async function deleteOldResolutions(
  db: Kysely<NotificationsDatabase>,
  options: { olderThanDays: number; limit: number }
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from resolutions where (user_id, type, subject_id) in (
      select user_id, type, subject_id from resolutions
      where updated_at < now() - make_interval(days => ${options.olderThanDays}::int)
      order by updated_at limit ${options.limit}::int for update skip locked
    )`.execute(db)
  return Number(numAffectedRows ?? 0)
}
