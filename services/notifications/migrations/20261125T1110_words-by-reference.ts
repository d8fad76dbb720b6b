import { type Kysely, sql } from 'kysely'

/**
 * `words` is what a notification says without the name of its actor, which is put in when it is read. Notifications from
 * before keep their text until they are deleted, at the latest with their actor's account.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table notifications
      add column words jsonb,
      alter column title drop not null,
      alter column message drop not null`.execute(db)
}
