import { type Kysely, sql } from 'kysely'

/**
 * Conversations of two people, which are their threads of the same id, and the message requests before them. A pair has
 * one row, with the lower id first; `status` is null until the conversation opens.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createConversations(db)
  await createPresence(db)
  await keepMoreOfPeople(db)
}

async function createConversations(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversations (
      id uuid primary key,
      user1_id uuid not null,
      user2_id uuid not null,
      status text check (status in ('active', 'archived', 'blocked')),
      matched boolean not null default false,
      match_version integer not null default 0,
      last_activity timestamptz(3) not null,
      created_at timestamptz(3) not null,
      unique (user1_id, user2_id),
      check (user1_id < user2_id)
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index conversations_of_user1 on conversations (user1_id, status, last_activity desc, id desc)`.execute(
    db
  )
  await sql`create index conversations_of_user2 on conversations (user2_id, status, last_activity desc, id desc)`.execute(
    db
  )
  await sql`
    create table message_requests (
      id uuid primary key,
      conversation_id uuid not null references conversations (id),
      sender_id uuid not null,
      receiver_id uuid not null,
      message_id uuid not null unique,
      content text not null,
      status text not null check (status in ('pending', 'accepted', 'declined', 'cancelled')),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null
    )`.execute(db)
  await sql`
    create unique index message_requests_pending on message_requests (conversation_id) where status = 'pending'`.execute(
    db
  )
  await sql`create index message_requests_received on message_requests (receiver_id, status, id desc)`.execute(db)
  await sql`create index message_requests_sent on message_requests (sender_id, status, id desc)`.execute(db)
  await sql`
    alter table messages
      add column message_type text check (message_type in ('text', 'image', 'emoji'))`.execute(db)
  await sql`
    create table read_receipts (
      thread_id uuid not null references threads (id),
      user_id uuid not null,
      up_to_seq integer not null,
      read_at timestamptz(3) not null,
      primary key (thread_id, user_id, up_to_seq)
    )`.execute(db)
}

async function createPresence(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table presence (
      user_id uuid primary key,
      online boolean not null,
      last_active timestamptz(3) not null
    )`.execute(db)
}

async function keepMoreOfPeople(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table users
      add column profile_photos text[] not null default '{}',
      add column birthdate date`.execute(db)
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
