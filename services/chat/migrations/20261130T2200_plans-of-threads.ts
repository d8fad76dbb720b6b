import { type Kysely, sql } from 'kysely'

/**
 * What inboxes and details show of gatherings and requests. Where people are known already, there may be requests from
 * before: the row of `requests_to_copy` says that they are still to be read from sessions, after which id.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table gatherings (
      id uuid primary key,
      host_id uuid not null,
      title text not null,
      description text,
      starts_at timestamptz(3) not null,
      location text,
      address text,
      activity_type text,
      capacity integer not null,
      cancelled boolean not null,
      tag_ids uuid[] not null,
      version integer not null
    )`.execute(db)
  await sql`
    create table tags (
      id uuid primary key,
      name text not null,
      color text,
      description text,
      deleted boolean not null default false
    )`.execute(db)
  await sql`
    alter table requests
      add column event_id uuid,
      add column host_id uuid,
      add column guest_id uuid,
      add column booking_id uuid,
      add column created_at timestamptz(3)`.execute(db)
  await sql`create index requests_by_guest on requests (guest_id, event_id, id)`.execute(db)
  await sql`create index requests_by_booking on requests (event_id, booking_id) where status = 'ACCEPTED'`.execute(db)
  await sql`
    create table requests_to_copy (
      only_row boolean primary key default true check (only_row),
      after_id uuid
    )`.execute(db)
  await sql`insert into requests_to_copy (after_id) select null where exists (select from users)`.execute(db)
}
