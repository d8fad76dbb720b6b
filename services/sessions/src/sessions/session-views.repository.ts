import { type Kysely, sql } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'

/** A session with its trip and its two people. */
export type SessionView = NonNullable<Awaited<ReturnType<typeof findSessionView>>>

/** Which of a person's sessions. */
export interface SessionFilter {
  userId: string
  status?: string | undefined
  role?: 'inviter' | 'invitee' | undefined
}

/** When a session's conversation last moved. */
export interface Activity {
  session_id: string
  last_message_at: Date
}

/** The session as both its people see it. */
export async function findSessionView(db: Kysely<SessionsDatabase>, sessionId: string) {
  return selectViews(db).where('session.id', '=', sessionId).executeTakeFirst()
}

export async function countSessions(db: Kysely<SessionsDatabase>, filter: SessionFilter): Promise<number> {
  const { count } = await db
    .selectFrom('sessions as session')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where(matches(filter))
    .executeTakeFirstOrThrow()
  return count
}

/** One page: pending first, then the latest conversation, then the newest session. */
export async function listSessionViews(
  db: Kysely<SessionsDatabase>,
  filter: SessionFilter,
  activity: readonly Activity[],
  page: { offset: number; limit: number }
): Promise<SessionView[]> {
  return selectViews(db)
    .leftJoin(
      unnestActivity(activity).as<'activity'>(sql`activity (session_id, last_message_at)`),
      'activity.session_id',
      'session.id'
    )
    .where(matches(filter))
    .orderBy(sql`session.status = 'pending'`, 'desc')
    .orderBy('activity.last_message_at', (order) => order.desc().nullsLast())
    .orderBy('session.created_at', 'desc')
    .orderBy('session.id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute()
}

function selectViews(db: Kysely<SessionsDatabase>) {
  return db
    .selectFrom('sessions as session')
    .innerJoin('trips as trip', 'trip.id', 'session.trip_id')
    .innerJoin('users as inviter', 'inviter.id', 'session.inviter_id')
    .innerJoin('users as invitee', 'invitee.id', 'session.invitee_id')
    .selectAll('session')
    .select([
      'trip.destination_slug',
      'trip.destination_name',
      'trip.start_date',
      'trip.end_date',
      'inviter.display_name as inviter_name',
      'inviter.avatar as inviter_avatar',
      'inviter.bio as inviter_bio',
      'invitee.display_name as invitee_name',
      'invitee.avatar as invitee_avatar',
      'invitee.bio as invitee_bio'
    ])
}

function matches(filter: SessionFilter) {
  const invites = sql<boolean>`session.inviter_id = ${filter.userId}`
  const isInvited = sql<boolean>`session.invitee_id = ${filter.userId}`
  const either = sql<boolean>`(${invites} or ${isInvited})`
  const mine = { inviter: invites, invitee: isInvited, either }[filter.role ?? 'either']
  return filter.status === undefined ? mine : sql<boolean>`${mine} and session.status = ${filter.status}`
}

function unnestActivity(activity: readonly Activity[]) {
  const ids = activity.map((entry) => entry.session_id)
  const times = activity.map((entry) => entry.last_message_at)
  return sql<Activity>`unnest(${ids}::uuid[], ${times}::timestamptz[])`
}
