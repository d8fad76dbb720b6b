import { type Kysely, sql } from 'kysely'

/** What people report of each other, for administrators to look at. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table reports (
      id uuid primary key,
      reporter_id uuid not null references users (id) on delete cascade,
      reported_id uuid not null references users (id) on delete cascade,
      reason text not null
        check (reason in ('fake_profile', 'inappropriate_behavior', 'spam', 'harassment', 'safety', 'other')),
      description text,
      status text not null check (status in ('pending', 'reviewed', 'resolved', 'dismissed')),
      admin_notes text,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      check (reporter_id <> reported_id)
    )`.execute(db)
  await sql`create index reports_by_status on reports (status, id desc)`.execute(db)
  await sql`create index reports_by_reporter on reports (reporter_id)`.execute(db)
  await sql`create index reports_by_reported on reports (reported_id)`.execute(db)
}
