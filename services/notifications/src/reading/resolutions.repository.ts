import type { NotificationType } from '@belay/contracts'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'

/** The types of notification that ask for something, and are read once it is done. */
export type AskingType = Extract<NotificationType, 'session_invited' | 'feedback_requested' | 'event_request_received'>

/** What somebody was asked: about a session, a request to join, or any request of an event. */
export interface Asked {
  userId: string
  type: AskingType
  subjectId: string
}

/**
 * Whether one of these has been answered. Nobody can answer before the transaction ends, so that an answer finds what
 * is written now.
 */
export async function holdUnanswered(
  trx: Transaction<NotificationsDatabase>,
  asked: { userId: string; type: AskingType; subjectIds: readonly string[] }
): Promise<{ answered: boolean }> {
  const { userId, type, subjectIds } = asked
  await sql`
    insert into resolutions (user_id, type, subject_id, resolved)
    select ${userId}, ${type}, id, false from unnest(${subjectIds}::uuid[]) as id order by id
    on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ resolved: boolean }>`
    select resolved from resolutions
    where user_id = ${userId} and type = ${type} and subject_id = any(${subjectIds}::uuid[])
    order by subject_id for share`.execute(trx)
  return { answered: rows.some((row) => row.resolved) }
}

/** Notes that this has been answered. */
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
  // Spelled out, not bound: the condition has to match the index's own.
  await sql`
    update notifications set read_at = ${now}
    where user_id = ${asked.userId} and type = ${asked.type} and read_at is null
      and type in ('session_invited', 'feedback_requested', 'event_request_received')
      and coalesce(data->>'request_id', data->>'session_id') = ${asked.subjectId}`.execute(trx)
}

/** Marks as read what told a host of requests to join an event. */
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
      and type in ('session_invited', 'feedback_requested', 'event_request_received')`.execute(trx)
}

/** Deletes entries that nothing can arrive for any more, at most `limit` of them; answers how many. */
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
