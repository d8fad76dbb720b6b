import { type Kysely, sql } from 'kysely'

/** A sign-in is the family of refresh tokens that follow one another; at most one of them is still unused. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sign_ins (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      revoked_at timestamptz(3)
    )`.execute(db)
  await sql`create index sign_ins_by_user on sign_ins (user_id)`.execute(db)
  await sql`create index sign_ins_by_expiry on sign_ins (expires_at)`.execute(db)
  await sql`
    create table refresh_tokens (
      token_hash bytea primary key,
      sign_in_id uuid not null references sign_ins (id) on delete cascade,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      used_at timestamptz(3)
    )`.execute(db)
  await sql`create unique index refresh_tokens_unused on refresh_tokens (sign_in_id) where used_at is null`.execute(db)
  await sql`create index refresh_tokens_by_sign_in on refresh_tokens (sign_in_id)`.execute(db)
  await sql`create index refresh_tokens_by_expiry on refresh_tokens (expires_at)`.execute(db)
}
