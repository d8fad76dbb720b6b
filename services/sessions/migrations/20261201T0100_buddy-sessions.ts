import { type Kysely, sql } from 'kysely'

/** Challenges with a starter set, matches as people publishes them, buddy sessions and what they earn. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createChallenges(db)
  await createBuddySessions(db)
  await sql`
    create table reputation_credits (
      buddy_session_id uuid not null references buddy_sessions (id),
      user_id uuid not null,
      points integer not null,
      created_at timestamptz(3) not null,
      primary key (buddy_session_id, user_id)
    )`.execute(db)
  await sql`create index reputation_credits_by_user on reputation_credits (user_id) include (points)`.execute(db)
}

async function createChallenges(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table challenges (
      id uuid primary key,
      title text not null,
      description text not null,
      difficulty text not null check (difficulty in ('beginner', 'intermediate', 'advanced')),
      points integer not null check (points >= 0),
      created_at timestamptz(3) not null
    )`.execute(db)
  await sql`
    insert into challenges (id, title, description, difficulty, points, created_at) values
      ('019ae6d4-5c00-7000-8000-000000000001', 'Say hello', 'Greet three people you do not know.',
       'beginner', 10, '2026-12-01T00:00:00Z'),
      ('019ae6d4-5c00-7000-8000-000000000002', 'Ask for a recommendation', 'Ask two people what they would order here, and why.',
       'beginner', 15, '2026-12-01T00:00:00Z'),
      ('019ae6d4-5c00-7000-8000-000000000003', 'Give a sincere compliment', 'Pay one person a compliment on something they chose.',
       'beginner', 20, '2026-12-01T00:00:00Z'),
      ('019ae6d4-5c00-7000-8000-000000000004', 'Hold a conversation', 'Talk with someone new for ten minutes.',
       'intermediate', 30, '2026-12-01T00:00:00Z'),
      ('019ae6d4-5c00-7000-8000-000000000005', 'Join a group', 'Join a group that is talking, and stay for a while.',
       'intermediate', 40, '2026-12-01T00:00:00Z'),
      ('019ae6d4-5c00-7000-8000-000000000006', 'Exchange contacts', 'End a good conversation by asking to stay in touch.',
       'advanced', 60, '2026-12-01T00:00:00Z')`.execute(db)
}

async function createBuddySessions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table matches (
      id uuid primary key,
      user1_id uuid not null,
      user2_id uuid not null,
      active boolean not null,
      version integer not null,
      check (user1_id < user2_id)
    )`.execute(db)
  await sql`
    create table buddy_sessions (
      id uuid primary key,
      match_id uuid not null references matches (id),
      user1_id uuid not null,
      user2_id uuid not null,
      user1_challenge_id uuid not null references challenges (id),
      user2_challenge_id uuid not null references challenges (id),
      venue_name text not null,
      scheduled_time timestamptz(3) not null,
      status text not null check (status in ('scheduled', 'completed', 'cancelled')),
      user1_confirmed_by_user2 boolean not null default false,
      user2_confirmed_by_user1 boolean not null default false,
      notes text not null default '',
      version integer not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      completed_at timestamptz(3),
      check (user1_id < user2_id),
      check ((status = 'completed') = (completed_at is not null)),
      check (status <> 'completed' or user1_confirmed_by_user2 and user2_confirmed_by_user1)
    )`.execute(db)
  await sql`
    create unique index buddy_sessions_scheduled on buddy_sessions (match_id) where status = 'scheduled'`.execute(db)
  await sql`create index buddy_sessions_by_user1 on buddy_sessions (user1_id, scheduled_time)`.execute(db)
  await sql`create index buddy_sessions_by_user2 on buddy_sessions (user2_id, scheduled_time)`.execute(db)
}
