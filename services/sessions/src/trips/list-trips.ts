import { type Page, type PageRequest, readPage } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { SessionsDatabase, TripRow } from '#src/schema.ts'
import { countTripsOf, listTripsOf } from './trips.repository.ts'

/** One page of a person's trips. Throws PageNotFound. */
export async function listTrips(
  db: Kysely<SessionsDatabase>,
  ownerId: string,
  page: PageRequest
): Promise<Page<TripRow>> {
  return readPage(page, { count: () => countTripsOf(db, ownerId), list: (range) => listTripsOf(db, ownerId, range) })
}
