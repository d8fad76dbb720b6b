import { type Kysely, sql } from 'kysely'

/** After a restart, chat goes through the people who were online. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index presence_online on presence (user_id) where online`.execute(db)
}
