import { type Kysely, sql } from 'kysely'

/** A trip that a session names outlives the account of its owner, but not the owner's name on it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table trips (
      id uuid primary key,
      owner_id uuid references users (id),
      destination_slug text not null,
      destination_name text not null,
      start_date date not null,
      end_date date not null,
      created_at timestamptz(3) not null,
      check (start_date <= end_date)
    )`.execute(db)
  await sql`create index trips_by_owner on trips (owner_id, start_date desc, id desc)`.execute(db)
}
