import type { Transaction } from 'kysely'
import { EventFull, RequestNotFound } from '#src/errors.ts'
import { changeBooked } from '#src/events/events.repository.ts'
import type { EventRow, RequestRow, SessionsDatabase } from '#src/schema.ts'
import { insertBooking } from './bookings.repository.ts'
import { announceAccepted } from './request-events.ts'
import { updateRequests } from './requests.repository.ts'

/**
 * Gives a submitted request a place. The caller holds the event locked, so of many that want the last place one gets it.
 * Throws EventFull.
 */
export async function acceptRequest(
  trx: Transaction<SessionsDatabase>,
  event: EventRow,
  request: RequestRow,
  acceptance: { bookingId: string; automatic: boolean; now: Date }
): Promise<void> {
  const { bookingId, automatic, now } = acceptance
  if (event.booked >= event.capacity) throw new EventFull()
  const [accepted] = await updateRequests(trx, [request.id], { status: 'ACCEPTED', now })
  if (!accepted) throw new RequestNotFound()
  await insertBooking(trx, {
    id: bookingId,
    request_id: request.id,
    event_id: event.id,
    guest_id: request.guest_id,
    status: 'CONFIRMED',
    created_at: now,
    updated_at: now
  })
  await changeBooked(trx, [event.id], 1)
  await announceAccepted(trx, accepted, event, { bookingId, automatic })
}
