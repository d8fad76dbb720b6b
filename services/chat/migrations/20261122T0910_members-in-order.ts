import { type Kysely, sql } from 'kysely'

/** The first people of a large group, the host first, without reading and sorting all of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index members_in_order on members (thread_id, (role = 'host') desc, user_id)`.execute(db)
}
