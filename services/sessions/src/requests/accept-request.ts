import type { Transaction } from 'kysely'
import { GatheringFull, RequestNotFound } from '#src/errors.ts'
import { changeBooked } from '#src/gatherings/gatherings.repository.ts'
import type { GatheringRow, RequestRow, SessionsDatabase } from '#src/schema.ts'
import { insertBooking } from './bookings.repository.ts'
import { announceAccepted } from './request-events.ts'
import { updateRequests } from './requests.repository.ts'

/**
 * Gives a submitted request a place. The caller holds the gathering locked, so of many that want the last place one gets it.
 * Throws GatheringFull.
 */
export async function acceptRequest(
  trx: Transaction<SessionsDatabase>,
  gathering: GatheringRow,
  request: RequestRow,
  acceptance: { bookingId: string; automatic: boolean; now: Date }
): Promise<void> {
  const { bookingId, automatic, now } = acceptance
  if (gathering.booked >= gathering.capacity) throw new GatheringFull()
  const [accepted] = await updateRequests(trx, [request.id], { status: 'ACCEPTED', now })
  if (!accepted) throw new RequestNotFound()
  await insertBooking(trx, {
    id: bookingId,
    request_id: request.id,
    event_id: gathering.id,
    guest_id: request.guest_id,
    status: 'CONFIRMED',
    created_at: now,
    updated_at: now
  })
  await changeBooked(trx, [gathering.id], 1)
  await announceAccepted(trx, accepted, gathering, { bookingId, automatic })
}
