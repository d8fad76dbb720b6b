import type { Transaction } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'
import { type Asked, updateReadByEvent, updateReadBySubject, upsertAnswered } from './resolutions.repository.ts'

/** Reads the notification that asked somebody for what is done now, also if it comes later. */
export async function resolve(trx: Transaction<NotificationsDatabase>, asked: Asked, now: Date): Promise<void> {
  await upsertAnswered(trx, asked)
  await updateReadBySubject(trx, asked, now)
}

/** The same for all requests to join an event that does not take place. */
export async function resolveRequestsOf(
  trx: Transaction<NotificationsDatabase>,
  event: { hostId: string; eventId: string },
  now: Date
): Promise<void> {
  await upsertAnswered(trx, { userId: event.hostId, type: 'event_request_received', subjectId: event.eventId })
  await updateReadByEvent(trx, event, now)
}
