import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sessions (
      id uuid primary key,
      inviter_id uuid not null references users (id),
      invitee_id uuid not null references users (id),
      trip_id uuid not null references trips (id),
      proposed_date date not null,
      time_block text not null check (time_block in ('morning', 'afternoon', 'full_day')),
      crag text not null,
      goal text not null,
      status text not null check (status in ('pending', 'accepted', 'declined', 'cancelled', 'completed')),
      version integer not null check (version > 0),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      check (inviter_id <> invitee_id)
    )`.execute(db)
  // The rule of one open invitation per pair and day, also for two at the same instant.
  await sql`
    create unique index sessions_open_invitation on sessions (inviter_id, invitee_id, proposed_date)
    where status in ('pending', 'accepted')`.execute(db)
  await sql`create index sessions_by_inviter on sessions (inviter_id, created_at desc)`.execute(db)
  await sql`create index sessions_by_invitee on sessions (invitee_id, created_at desc)`.execute(db)
  await sql`create index sessions_by_trip on sessions (trip_id)`.execute(db)
  await sql`create index sessions_due on sessions (proposed_date, id) where status = 'accepted'`.execute(db)
}
