import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { cancelBookings } from '#src/requests/bookings.repository.ts'
import { listLiveRequestsOf, updateRequests } from '#src/requests/requests.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { announceCancelled } from './event-events.ts'
import { guestsToTell } from './guests-to-tell.ts'
import { clearBooked, updateEvent } from './events.repository.ts'
import { lockOwnEvent } from './own-event.ts'

/** The host calls an event off. Throws what `lockOwnEvent` throws. */
export async function cancelEvent(
  store: Store<SessionsDatabase>,
  input: { eventId: string; callerId: string; now: Date }
): Promise<void> {
  const { eventId, now } = input
  await store.transaction(async (trx) => {
    await lockOwnEvent(trx, { ...input, aim: 'cancel' })
    await endEvent(trx, { eventId, now, cause: 'host' })
  })
}

/**
 * Ends an event that the caller holds locked: what was only asked for is declined, bookings are cancelled. An accepted
 * request stays accepted, so that the locked group can still be read, until its guest withdraws.
 */
export async function endEvent(
  trx: Transaction<SessionsDatabase>,
  input: { eventId: string; now: Date; cause: 'host' | 'account_deleted' }
): Promise<void> {
  const { eventId, now, cause } = input
  const live = await listLiveRequestsOf(trx, eventId)
  const submitted = live.filter((request) => request.status === 'SUBMITTED').map((request) => request.id)
  await updateRequests(trx, submitted, { status: 'DECLINED', now })
  await cancelBookings(trx, { eventId }, now)
  await clearBooked(trx, eventId)
  const event = await updateEvent(trx, eventId, { status: 'cancelled', updated_at: now })
  await announceCancelled(trx, event, { guestIds: guestsToTell(live), cause })
}
