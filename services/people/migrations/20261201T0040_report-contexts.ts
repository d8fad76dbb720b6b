import { type Kysely, sql } from 'kysely'

/**
 * What the reported person wrote to the reporter, as it stood; null until chat was asked. Reports from before have none:
 * there were no direct messages.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table reports add column context jsonb default '[]'`.execute(db)
  await sql`alter table reports alter column context drop default`.execute(db)
  await sql`create index reports_without_context on reports (id) where context is null`.execute(db)
}
