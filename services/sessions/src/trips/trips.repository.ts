import type { Kysely, Transaction } from 'kysely'
import type { SessionsDatabase, TripRow } from '#src/schema.ts'

export async function insertTrip(trx: Transaction<SessionsDatabase>, row: TripRow): Promise<void> {
  await trx.insertInto('trips').values(row).execute()
}

/** The trip, if it belongs to this person. */
export async function findTripOf(
  db: Kysely<SessionsDatabase>,
  ownerId: string,
  tripId: string
): Promise<TripRow | undefined> {
  return db.selectFrom('trips').selectAll().where('id', '=', tripId).where('owner_id', '=', ownerId).executeTakeFirst()
}

/** What this person called a destination on their newest trip there; undefined when there is none. */
export async function findDestinationName(
  db: Kysely<SessionsDatabase>,
  ownerId: string,
  slug: string
): Promise<string | undefined> {
  const trip = await db
    .selectFrom('trips')
    .select('destination_name')
    .where('owner_id', '=', ownerId)
    .where('destination_slug', '=', slug)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return trip?.destination_name
}

/** One page of a person's trips, the latest start first. */
export async function listTripsOf(
  db: Kysely<SessionsDatabase>,
  ownerId: string,
  page: { offset: number; limit: number }
): Promise<TripRow[]> {
  return db
    .selectFrom('trips')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .orderBy('start_date', 'desc')
    .orderBy('id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute()
}

export async function countTripsOf(db: Kysely<SessionsDatabase>, ownerId: string): Promise<number> {
  const { count } = await db
    .selectFrom('trips')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow()
  return count
}

/** Deletes a person's trips; the ones that a session names stay with the session, without an owner. */
export async function releaseTripsOf(trx: Transaction<SessionsDatabase>, ownerId: string): Promise<void> {
  await trx
    .deleteFrom('trips')
    .where('owner_id', '=', ownerId)
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('sessions').select('sessions.id').whereRef('sessions.trip_id', '=', 'trips.id'))
      )
    )
    .execute()
  await trx.updateTable('trips').set({ owner_id: null }).where('owner_id', '=', ownerId).execute()
}
