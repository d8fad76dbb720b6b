import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id uuid primary key,
      display_name text not null,
      avatar text,
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
  await sql`
    create table notifications (
      id uuid primary key,
      user_id uuid not null,
      type text not null,
      title text not null,
      message text not null,
      action_url text not null,
      actor_id uuid,
      data jsonb not null,
      event_id uuid not null,
      collapse_key text,
      created_at timestamptz(3) not null,
      read_at timestamptz(3),
      unique (event_id, user_id, type)
    )`.execute(db)
  await sql`create index notifications_by_user on notifications (user_id, created_at desc, id desc)`.execute(db)
  await sql`create index notifications_unread on notifications (user_id) where read_at is null`.execute(db)
  await sql`create index notifications_by_actor on notifications (actor_id) where actor_id is not null`.execute(db)
  await sql`
    create unique index notifications_collapse on notifications (user_id, collapse_key)
    where read_at is null and collapse_key is not null`.execute(db)
}
