import { type Kysely, sql } from 'kysely'

/** Events that people gather for, and the tags that they are found by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table events (
      id uuid primary key,
      thread_id uuid not null unique,
      host_id uuid not null references users (id),
      title text not null,
      description text,
      starts_at timestamptz(3) not null,
      capacity integer not null,
      booked integer not null,
      activity_type text,
      location text,
      address text,
      auto_accept boolean not null,
      status text not null check (status in ('scheduled', 'cancelled')),
      version integer not null check (version > 0),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      check (booked between 1 and capacity)
    )`.execute(db)
  await sql`create index events_upcoming on events (starts_at, id) where status = 'scheduled'`.execute(db)
  await sql`
    create index events_by_activity on events (lower(activity_type), starts_at, id)
    where status = 'scheduled'`.execute(db)
  await sql`create index events_by_host on events (host_id, starts_at desc, id desc)`.execute(db)
  await sql`
    create table tags (
      id uuid primary key,
      name text not null,
      color text,
      description text,
      created_at timestamptz(3) not null
    )`.execute(db)
  await sql`create unique index tags_by_name on tags (lower(name))`.execute(db)
  await sql`
    create table event_tags (
      event_id uuid not null references events (id) on delete cascade,
      tag_id uuid not null references tags (id),
      primary key (event_id, tag_id)
    )`.execute(db)
  await sql`create index event_tags_by_tag on event_tags (tag_id, event_id)`.execute(db)
}
