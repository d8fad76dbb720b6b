import type { Kysely } from 'kysely'
import { TripNotFound } from '#src/errors.ts'
import type { SessionsDatabase, TripRow } from '#src/schema.ts'
import { findTripOf } from './trips.repository.ts'

/** One of a person's own trips. Throws TripNotFound, also for somebody else's. */
export async function getTrip(db: Kysely<SessionsDatabase>, ownerId: string, tripId: string): Promise<TripRow> {
  const trip = await findTripOf(db, ownerId, tripId)
  if (!trip) throw new TripNotFound()
  return trip
}
