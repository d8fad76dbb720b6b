import { type Kysely, sql } from 'kysely'

/** What this service keeps of people and of who blocked whom, told by the people service. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id uuid primary key,
      display_name text not null,
      avatar text,
      bio text not null,
      tier text not null,
      role text not null,
      disabled boolean not null,
      deleted boolean not null default false,
      version integer not null
    )`.execute(db)
  await sql`
    create table blocks (
      blocker_id uuid not null,
      blocked_id uuid not null,
      active boolean not null,
      version integer not null,
      primary key (blocker_id, blocked_id)
    )`.execute(db)
  await sql`create index blocks_by_blocked on blocks (blocked_id)`.execute(db)
}
