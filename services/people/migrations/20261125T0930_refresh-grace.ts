import { type Kysely, sql } from 'kysely'

/** With its salt a used token leads to the one that followed it; see `successorOf`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table refresh_tokens add column successor_salt bytea`.execute(db)
}
