import { type Kysely, sql } from 'kysely'

/**
 * Chat keeps photos, birthdates and blocks from now on. Where there are accounts and blocks already, the service publishes
 * them once more: a row says that this is still to be done, after which id.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table republications (
      kind text primary key check (kind in ('accounts', 'blocks')),
      after_id uuid
    )`.execute(db)
  await sql`
    insert into republications (kind)
    select 'accounts' where exists (select from users where deleted_at is null)
    union all
    select 'blocks' where exists (select from blocks where active)`.execute(db)
}
