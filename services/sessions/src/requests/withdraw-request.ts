import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { OnlyGuest, RequestIsOver, RequestNotFound } from '#src/errors.ts'
import { changeBooked, lockEvent } from '#src/events/events.repository.ts'
import type { EventRow, SessionsDatabase } from '#src/schema.ts'
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
    const event = await lockEvent(trx, known.event_id)
    // Read again: only now is it certain that nobody changes it.
    const request = await findRequest(trx, known.id)
    if (!event || !request) throw new RequestNotFound()
    if (request.status !== 'SUBMITTED' && request.status !== 'ACCEPTED') {
      throw new RequestIsOver(request.status.toLowerCase())
    }
    await endRequests(trx, [request.id], [event], input.now)
  })
}

/** Withdraws live requests of these events, which the caller holds locked; no two of them are of one event. */
export async function endRequests(
  trx: Transaction<SessionsDatabase>,
  requestIds: readonly string[],
  events: readonly EventRow[],
  now: Date
): Promise<void> {
  const withdrawn = await updateRequests(trx, requestIds, { status: 'WITHDRAWN', now })
  const freed = await cancelBookings(trx, { requestIds }, now)
  const freedIn = freed.map((booking) => booking.event_id)
  await changeBooked(trx, freedIn, -1)
  // Also those that were cancelled with their event: their guests are still in the group.
  const bookings = await listBookingsOf(trx, requestIds)
  const bookingOf = new Map(bookings.map((booking) => [booking.request_id, booking.id]))
  const eventOf = new Map(events.map((event) => [event.id, event]))
  await announceWithdrawn(
    trx,
    withdrawn.flatMap((request) => {
      const event = eventOf.get(request.event_id)
      return event ? [{ request, event, bookingId: bookingOf.get(request.id) ?? null }] : []
    })
  )
}
