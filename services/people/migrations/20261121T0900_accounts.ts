import { type Kysely, sql } from 'kysely'

/**
 * A person keeps their row for ever, so that events about them stay in order: an erased account is a row
 * without anything personal in it. The address is free for a new account then.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id uuid primary key,
      email text,
      password_hash text,
      display_name text not null check (display_name <> ''),
      bio text not null default '',
      birthdate date,
      profile_photos text[] not null default '{}',
      tier text not null default 'free' check (tier in ('free', 'premium')),
      role text not null default 'user' check (role in ('user', 'admin')),
      disabled boolean not null default false,
      version integer not null default 1 check (version > 0),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      deleted_at timestamptz(3),
      check (deleted_at is null or (email is null and password_hash is null and birthdate is null))
    )`.execute(db)
  await sql`create unique index users_by_email on users (lower(email))`.execute(db)
  await sql`
    create table external_identities (
      issuer text not null,
      subject text not null,
      user_id uuid not null references users (id) on delete cascade,
      created_at timestamptz(3) not null,
      primary key (issuer, subject)
    )`.execute(db)
  await sql`create index external_identities_by_user on external_identities (user_id)`.execute(db)
}
