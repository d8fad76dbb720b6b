import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { cancelBookings } from '#src/requests/bookings.repository.ts'
import { listLiveRequestsOf, updateRequests } from '#src/requests/requests.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { announceCancelled } from './gathering-events.ts'
import { guestsToTell } from './guests-to-tell.ts'
import { clearBooked, updateGathering } from './gatherings.repository.ts'
import { lockOwnGathering } from './own-gathering.ts'

/** The host calls a gathering off. Throws what `lockOwnGathering` throws. */
export async function cancelGathering(
  store: Store<SessionsDatabase>,
  input: { gatheringId: string; callerId: string; now: Date }
): Promise<void> {
  const { gatheringId, now } = input
  await store.transaction(async (trx) => {
    await lockOwnGathering(trx, { ...input, aim: 'cancel' })
    await endGathering(trx, { gatheringId, now, cause: 'host' })
  })
}

/**
 * Ends a gathering that the caller holds locked: what was only asked for is declined, bookings are cancelled. An accepted
 * request stays accepted, so that the locked group can still be read, until its guest withdraws.
 */
export async function endGathering(
  trx: Transaction<SessionsDatabase>,
  input: { gatheringId: string; now: Date; cause: 'host' | 'account_deleted' }
): Promise<void> {
  const { gatheringId, now, cause } = input
  const live = await listLiveRequestsOf(trx, gatheringId)
  const submitted = live.filter((request) => request.status === 'SUBMITTED').map((request) => request.id)
  await updateRequests(trx, submitted, { status: 'DECLINED', now })
  await cancelBookings(trx, { gatheringId }, now)
  await clearBooked(trx, gatheringId)
  const gathering = await updateGathering(trx, gatheringId, { status: 'cancelled', updated_at: now })
  await announceCancelled(trx, gathering, { guestIds: guestsToTell(live), cause })
}
