import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { OnlyGuest, RequestIsOver, RequestNotFound } from '#src/errors.ts'
import { changeBooked, lockGathering } from '#src/gatherings/gatherings.repository.ts'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { cancelBookings, listBookingsOf } from './bookings.repository.ts'
import { announceWithdrawn } from './request-events.ts'
import { findRequest, updateRequests } from './requests.repository.ts'

/**
 * The guest takes the request back; with a booking they leave, and their place is free again.
 * Throws RequestNotFound, OnlyGuest or RequestIsOver.
 */
export async function withdrawRequest(
  store: Store<SessionsDatabase>,
  input: { requestId: string; callerId: string; now: Date }
): Promise<void> {
  await store.transaction(async (trx) => {
    const known = await findRequest(trx, input.requestId)
    if (!known) throw new RequestNotFound()
    if (known.guest_id !== input.callerId) throw new OnlyGuest()
    const gathering = await lockGathering(trx, known.event_id)
    // Read again under the lock, which keeps it from changing.
    const request = await findRequest(trx, known.id)
    if (!gathering || !request) throw new RequestNotFound()
    if (request.status !== 'SUBMITTED' && request.status !== 'ACCEPTED') {
      throw new RequestIsOver(request.status.toLowerCase())
    }
    await endRequests(trx, [request.id], [gathering], input.now)
  })
}

/** Withdraws live requests of these gatherings, which the caller holds locked; no two of them are of one gathering. */
export async function endRequests(
  trx: Transaction<SessionsDatabase>,
  requestIds: readonly string[],
  gatherings: readonly GatheringRow[],
  now: Date
): Promise<void> {
  const withdrawn = await updateRequests(trx, requestIds, { status: 'WITHDRAWN', now })
  const freed = await cancelBookings(trx, requestIds, now)
  const freedIn = freed.map((booking) => booking.event_id)
  await changeBooked(trx, freedIn, -1)
  // Also those that were cancelled with their gathering: their guests are still in the group.
  const bookings = await listBookingsOf(trx, requestIds)
  const bookingOf = new Map(bookings.map((booking) => [booking.request_id, booking.id]))
  const gatheringOf = new Map(gatherings.map((gathering) => [gathering.id, gathering]))
  await announceWithdrawn(
    trx,
    withdrawn.flatMap((request) => {
      const gathering = gatheringOf.get(request.event_id)
      return gathering ? [{ request, gathering, bookingId: bookingOf.get(request.id) ?? null }] : []
    })
  )
}
