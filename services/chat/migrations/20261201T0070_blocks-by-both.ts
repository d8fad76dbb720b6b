import { type Kysely, sql } from 'kysely'

/** A person whom many have blocked is looked up together with one of them. Outside of a transaction: `blocks` may be large. */
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index concurrently if exists blocks_by_blocked_and_blocker`.execute(db)
  await sql`create index concurrently blocks_by_blocked_and_blocker on blocks (blocked_id, blocker_id)`.execute(db)
  await sql`drop index concurrently if exists blocks_by_blocked`.execute(db)
}
