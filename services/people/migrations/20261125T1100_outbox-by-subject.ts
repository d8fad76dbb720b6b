import { type Kysely, sql } from 'kysely'

/** To find what was recorded about a person when their account is erased. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index outbox_by_subject on outbox ((envelope->>'subject'))`.execute(db)
}
