import { type Kysely, sql } from 'kysely'

/** One opinion per person and session. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table feedback (
      id uuid primary key,
      session_id uuid not null references sessions (id),
      author_id uuid not null references users (id),
      subject_id uuid not null references users (id),
      safety_rating smallint not null check (safety_rating between 1 and 5),
      communication_rating smallint not null check (communication_rating between 1 and 5),
      overall_rating smallint not null check (overall_rating between 1 and 5),
      notes text not null,
      created_at timestamptz(3) not null,
      unique (session_id, author_id),
      check (author_id <> subject_id)
    )`.execute(db)
  await sql`create index feedback_by_subject on feedback (subject_id)`.execute(db)
  await sql`create index feedback_by_author on feedback (author_id)`.execute(db)
}
