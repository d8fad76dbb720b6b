import type { Transaction } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'
import { type Asked, updateReadByEvent, updateReadBySubject, upsertAnswered } from './resolutions.repository.ts'

/** Marks the notification that asked for this as read, also one that arrives later. */
export async function resolve(trx: Transaction<NotificationsDatabase>, asked: Asked, now: Date): Promise<void> {
  await upsertAnswered(trx, asked)
  await updateReadBySubject(trx, asked, now)
}

/** The same for all requests to join a cancelled event. */
export async function resolveRequestsOf(
  trx: Transaction<NotificationsDatabase>,
  event: { hostId: string; eventId: string },
  now: Date
): Promise<void> {
  await upsertAnswered(trx, { userId: event.hostId, type: 'event_request_received', subjectId: event.eventId })
  await updateReadByEvent(trx, event, now)
}
