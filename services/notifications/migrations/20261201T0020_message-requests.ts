import { type Kysely, sql } from 'kysely'

/** A message request asks for an answer, too. Outside of a transaction: `notifications` may be large. */
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index concurrently if exists notifications_awaiting_answer`.execute(db)
  await sql`
    create index concurrently notifications_awaiting_answer on notifications
      (user_id, type, coalesce(data->>'request_id', data->>'session_id'))
    where read_at is null and type in
      ('session_invited', 'feedback_requested', 'event_request_received', 'message_request_received')`.execute(db)
  await sql`drop index concurrently if exists notifications_to_answer`.execute(db)
}
