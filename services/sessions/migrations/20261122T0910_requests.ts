import { type Kysely, sql } from 'kysely'

/** Who asked to join which event, and who has a place in it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table requests (
      id uuid primary key,
      event_id uuid not null references events (id),
      host_id uuid not null references users (id),
      guest_id uuid not null references users (id),
      status text not null check (status in ('SUBMITTED', 'ACCEPTED', 'DECLINED', 'WITHDRAWN')),
      version integer not null check (version > 0),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      check (host_id <> guest_id)
    )`.execute(db)
  // One live request per guest and event, also for two at the same instant.
  await sql`
    create unique index requests_live on requests (event_id, guest_id)
    where status in ('SUBMITTED', 'ACCEPTED')`.execute(db)
  await sql`create index requests_by_event on requests (event_id, guest_id, id desc)`.execute(db)
  await sql`create index requests_by_guest on requests (guest_id, id desc)`.execute(db)
  await sql`create index requests_by_host on requests (host_id, id desc)`.execute(db)
  await sql`
    create table bookings (
      id uuid primary key,
      request_id uuid not null unique references requests (id),
      event_id uuid not null references events (id),
      guest_id uuid not null references users (id),
      status text not null check (status in ('CONFIRMED', 'CANCELLED')),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null
    )`.execute(db)
  await sql`create unique index bookings_confirmed on bookings (event_id, guest_id) where status = 'CONFIRMED'`.execute(
    db
  )
  await sql`create index bookings_by_event on bookings (event_id, id)`.execute(db)
}
