import { type Kysely, sql } from 'kysely'

/**
 * `read_marks` and `resolutions` make reading independent of the order in which events arrive: what is already read or
 * answered when a notification comes is stored as read. Both are only needed while such events may still come.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table read_marks (
      thread_id uuid not null,
      user_id uuid not null,
      last_read_seq integer not null,
      updated_at timestamptz(3) not null default now(),
      primary key (thread_id, user_id)
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index read_marks_by_age on read_marks (updated_at)`.execute(db)
  await sql`
    create table resolutions (
      user_id uuid not null,
      type text not null,
      subject_id uuid not null,
      resolved boolean not null,
      updated_at timestamptz(3) not null default now(),
      primary key (user_id, type, subject_id)
    )`.execute(db)
  await sql`create index resolutions_by_age on resolutions (updated_at)`.execute(db)
  await sql`
    create index notifications_to_answer on notifications
      (user_id, type, coalesce(data->>'request_id', data->>'session_id'))
    where read_at is null and type in ('session_invited', 'feedback_requested', 'event_request_received')`.execute(db)
  await sql`
    create index notifications_requests_by_event on notifications (user_id, (data->>'event_id'))
    where read_at is null and type = 'event_request_received'`.execute(db)
}
