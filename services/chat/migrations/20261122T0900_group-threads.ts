import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table threads
      add column event_id uuid,
      add column only_sender_id uuid`.execute(db)
  await sql`create index threads_by_event on threads (event_id) where event_id is not null`.execute(db)
  await sql`
    alter table members
      add column role text not null default 'guest' check (role in ('host', 'guest'))`.execute(db)
  await sql`
    create table requests (
      id uuid primary key,
      status text not null,
      version integer not null
    )`.execute(db)
}
