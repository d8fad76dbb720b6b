import { type Kysely, sql } from 'kysely'

/** Only direct messages have a type. Outside of a transaction: `messages` may be large. */
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index concurrently if exists direct_messages_by_id`.execute(db)
  await sql`
    create index concurrently direct_messages_by_id on messages (id) where message_type is not null`.execute(db)
}
