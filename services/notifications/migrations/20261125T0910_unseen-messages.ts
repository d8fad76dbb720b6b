import { type Kysely, sql } from 'kysely'

/**
 * Messages whose recipient seemed to see them arrive: one row per person and thread, decided again when it is due. It
 * keeps the latest message, and how many it stands for.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table unseen_messages (
      thread_id uuid not null,
      user_id uuid not null,
      context text not null,
      context_id uuid not null,
      event_id uuid not null,
      message_id uuid not null,
      sender_id uuid not null,
      seq integer not null,
      excerpt text not null,
      count integer not null,
      due_at timestamptz(3) not null,
      last_at timestamptz(3) not null,
      primary key (thread_id, user_id)
    ) with (fillfactor = 70)`.execute(db)
  await sql`create index unseen_messages_due on unseen_messages (due_at)`.execute(db)
}
