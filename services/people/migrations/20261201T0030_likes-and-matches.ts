import { type Kysely, sql } from 'kysely'

/**
 * Likes, matches, and whom people wrote to. A pair has one match, with the lower id first; an ended one stays as a row, so
 * that the match's version goes on growing and the two do not discover each other again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table likes (
      liker_id uuid not null references users (id) on delete cascade,
      liked_id uuid not null references users (id) on delete cascade,
      created_at timestamptz(3) not null,
      primary key (liker_id, liked_id),
      check (liker_id <> liked_id)
    )`.execute(db)
  await sql`create index likes_by_liked on likes (liked_id)`.execute(db)
  await sql`
    create table matches (
      id uuid primary key,
      user1_id uuid not null references users (id) on delete cascade,
      user2_id uuid not null references users (id) on delete cascade,
      status text not null check (status in ('matched', 'unmatched', 'blocked')),
      version integer not null check (version > 0),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      unique (user1_id, user2_id),
      check (user1_id < user2_id)
    )`.execute(db)
  await sql`
    create index matches_of_user1 on matches (user1_id, created_at desc, id desc) where status = 'matched'`.execute(db)
  await sql`
    create index matches_of_user2 on matches (user2_id, created_at desc, id desc) where status = 'matched'`.execute(db)
  await sql`create index matches_by_user2 on matches (user2_id)`.execute(db)
  await sql`
    create table written_to (
      sender_id uuid not null references users (id) on delete cascade,
      receiver_id uuid not null references users (id) on delete cascade,
      primary key (sender_id, receiver_id)
    )`.execute(db)
  await sql`create index written_to_by_receiver on written_to (receiver_id)`.execute(db)
}
