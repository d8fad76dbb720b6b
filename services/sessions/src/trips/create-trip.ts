import type { Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import { TripEndsBeforeStart } from '#src/errors.ts'
import { lockStandings } from '#src/people/users.repository.ts'
import type { SessionsDatabase, TripRow } from '#src/schema.ts'
import { resolveDestination } from './destination.ts'
import type { NewTrip } from './trip.ts'
import { insertTrip } from './trips.repository.ts'

/** Plans a trip. Throws TripEndsBeforeStart; days may be in the past. */
export async function createTrip(
  store: Store<SessionsDatabase>,
  input: NewTrip & { id: string; ownerId: string; now: Date }
): Promise<TripRow> {
  if (input.end_date < input.start_date) throw new TripEndsBeforeStart()
  const destination = await resolveDestination(store.db, input.ownerId, input.destination)
  const row: TripRow = {
    id: input.id,
    owner_id: input.ownerId,
    destination_slug: destination.slug,
    destination_name: destination.name,
    start_date: input.start_date,
    end_date: input.end_date,
    created_at: input.now
  }
  await store.transaction(async (trx) => {
    const people = await lockStandings(trx, [input.ownerId])
    if (people.get(input.ownerId) !== 'active') throw new AccountDisabled()
    await insertTrip(trx, row)
  })
  return row
}
