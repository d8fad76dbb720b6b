import { type Kysely, sql } from 'kysely'

/**
 * Keys lead with `thread_id`, so that hash partitioning by it is a change of DDL alone.
 * A member's unread count is arithmetic on counters, never a scan:
 * (last_seq - last_read_seq) - (sent_count - sent_count_when_read).
 */
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
    create table threads (
      id uuid primary key,
      context text not null check (context in ('session', 'event', 'request', 'direct')),
      context_id uuid not null,
      context_version integer not null,
      context_status text not null,
      locked boolean not null default false,
      last_seq integer not null default 0 check (last_seq >= 0),
      last_message_at timestamptz(3),
      created_at timestamptz(3) not null,
      unique (context, context_id)
    )`.execute(db)
  await sql`
    create table members (
      thread_id uuid not null references threads (id),
      user_id uuid not null,
      last_read_seq integer not null default 0,
      sent_count integer not null default 0,
      sent_count_when_read integer not null default 0,
      primary key (thread_id, user_id)
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index members_by_user on members (user_id, thread_id)`.execute(db)
  await sql`
    create table messages (
      thread_id uuid not null references threads (id),
      seq integer not null check (seq > 0),
      id uuid not null,
      kind text not null check (kind in ('user', 'system')),
      sender_id uuid check ((kind = 'system') = (sender_id is null)),
      body text not null,
      client_msg_id text,
      created_at timestamptz(3) not null,
      primary key (thread_id, seq)
    )`.execute(db)
  await sql`
    create unique index messages_by_client_msg_id on messages (thread_id, sender_id, client_msg_id)
    where client_msg_id is not null`.execute(db)
}
