import { type Kysely, sql } from 'kysely'

/** In whose order people are discovered. Outside of a transaction: `users` may be large. */
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index concurrently if exists users_discoverable`.execute(db)
  await sql`
    create index concurrently users_discoverable on users (id desc)
    where deleted_at is null and not disabled`.execute(db)
}
