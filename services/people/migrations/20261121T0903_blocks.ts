import { type Kysely, sql } from 'kysely'

/** A lifted block stays as an inactive row, so that the pair's version goes on growing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table blocks (
      blocker_id uuid not null references users (id) on delete cascade,
      blocked_id uuid not null references users (id) on delete cascade,
      id uuid not null unique,
      reason text,
      active boolean not null,
      version integer not null check (version > 0),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (blocker_id, blocked_id),
      check (blocker_id <> blocked_id)
    )`.execute(db)
  await sql`create index blocks_listed on blocks (blocker_id, id) where active`.execute(db)
  await sql`create index blocks_by_blocked on blocks (blocked_id)`.execute(db)
}
