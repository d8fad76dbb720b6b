import { type Kysely, sql } from 'kysely'

/** Finds what a person called a destination before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index trips_by_slug on trips (owner_id, destination_slug, id)`.execute(db)
}
