import { type Kysely, sql } from 'kysely'

/** `continuity` has one row: the epoch of all threads, and the server whose log it is (unknown until it is first read). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table threads add column members_version integer not null default 0`.execute(db)
  await sql`
    create table continuity (
      only_row boolean primary key default true check (only_row),
      epoch uuid not null,
      system_identifier text,
      timeline integer
    )`.execute(db)
  await sql`insert into continuity (epoch) values (gen_random_uuid())`.execute(db)
}
