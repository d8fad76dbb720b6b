import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import { announceCancelled } from './gathering-events.ts'
import { clearBooked, updateGathering } from './gatherings.repository.ts'
import { dismissGuests, listGuestIds } from './guests.repository.ts'
import { lockOwnGathering } from './own-gathering.ts'

/** Cancels a gathering for its host. Throws what `lockOwnGathering` throws. */
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
 * Cancels a gathering that the caller holds locked: declines submitted requests and cancels bookings. Accepted requests
 * stay accepted, so that guests can still read the locked group, until they withdraw.
 */
export async function endGathering(
  trx: Transaction<SessionsDatabase>,
  input: { gatheringId: string; now: Date; cause: 'host' | 'account_deleted' }
): Promise<void> {
  const { gatheringId, now, cause } = input
  const guestIds = await listGuestIds(trx, gatheringId)
  await dismissGuests(trx, gatheringId, now)
  await clearBooked(trx, gatheringId)
  const gathering = await updateGathering(trx, gatheringId, { status: 'cancelled', updated_at: now })
  await announceCancelled(trx, gathering, { guestIds, cause })
}
