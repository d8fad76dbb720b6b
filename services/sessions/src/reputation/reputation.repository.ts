import { type Kysely, sql } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'

export interface Reputation {
  score: number
  completed_sessions: number
  /** Sessions before `overdueSince` in which the buddy did not confirm the person. */
  no_shows: number
}

/** Undefined for a person who is unknown or erased. */
export async function findReputation(
  db: Kysely<SessionsDatabase>,
  userId: string,
  overdueSince: Date
): Promise<Reputation | undefined> {
  const { rows } = await sql<Reputation>`
    select c.score, c.completed_sessions,
           (select count(*)::int from buddy_sessions where user1_id = u.id and status = 'scheduled'
              and scheduled_time < ${overdueSince} and not user1_confirmed_by_user2)
         + (select count(*)::int from buddy_sessions where user2_id = u.id and status = 'scheduled'
              and scheduled_time < ${overdueSince} and not user2_confirmed_by_user1) as no_shows
    from users u
    cross join lateral (
      select coalesce(sum(points), 0)::int as score, count(*)::int as completed_sessions
      from reputation_credits where user_id = u.id
    ) c
    where u.id = ${userId} and not u.deleted`.execute(db)
  return rows[0]
}
