import type { Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import { lockAccountStatuses } from '@belay/people-projection'
import { TripEndsBeforeStart } from '#src/errors.ts'
import type { SessionsDatabase, TripRow } from '#src/schema.ts'
import { findDestinationName, insertTrip } from './trips.repository.ts'

export interface NewTrip {
  id: string
  ownerId: string
  /** Without a name, the destination is called as on the owner's newest trip there, or after its slug. */
  destination: { slug: string; name?: string }
  startDate: string
  endDate: string
  now: Date
}

/** Creates a trip, which may lie in the past. Throws TripEndsBeforeStart or AccountDisabled. */
export async function createTrip(store: Store<SessionsDatabase>, trip: NewTrip): Promise<TripRow> {
  const { ownerId, destination } = trip
  if (trip.endDate < trip.startDate) throw new TripEndsBeforeStart()
  const knownName = destination.name ?? (await findDestinationName(store.db, ownerId, destination.slug))
  const row: TripRow = {
    id: trip.id,
    owner_id: ownerId,
    destination_slug: destination.slug,
    destination_name: knownName ?? toTitle(destination.slug),
    start_date: trip.startDate,
    end_date: trip.endDate,
    created_at: trip.now
  }
  await store.transaction(async (trx) => {
    const statuses = await lockAccountStatuses(trx, [ownerId])
    if (statuses.get(ownerId) !== 'active') throw new AccountDisabled()
    await insertTrip(trx, row)
  })
  return row
}

/** `red-river-gorge` becomes Red River Gorge. */
function toTitle(slug: string): string {
  const words = slug.split(/[-_\s]+/).filter((word) => word !== '')
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
  return title === '' ? slug : title
}
