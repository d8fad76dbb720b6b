import { BuddySessionCompleted, BuddySessionConfirmed } from '@belay/contracts'
import { recordEvent, type Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { findChallenges } from '#src/challenges/challenges.repository.ts'
import {
  AccessDenied,
  AlreadyConfirmed,
  BuddySessionIsCancelled,
  BuddySessionNotFound,
  NotYourBuddy,
  SessionNotBegun
} from '#src/errors.ts'
import type { BuddySessionRow, ReputationCreditRow, SessionsDatabase } from '#src/schema.ts'
import { describeBuddySession } from './buddy-session-events.ts'
import { insertCredits, lockBuddySession, updateBuddySession } from './buddy-sessions.repository.ts'

export interface Confirmation {
  sessionId: string
  userId: string
  /** Whom the caller confirms; left out: the other person. */
  buddyId?: string
  now: Date
}

/** A session after a confirmation, and the points for its two people. */
export interface ConfirmedSession {
  session: BuddySessionRow
  points: { user1: number; user2: number }
}

/**
 * Confirms that the other person took part. The second confirmation completes the session and credits both, exactly once:
 * confirmations of one session wait for each other. Throws BuddySessionNotFound, AccessDenied, BuddySessionIsCancelled,
 * SessionNotBegun, NotYourBuddy or AlreadyConfirmed.
 */
export async function confirmBuddy(
  store: Store<SessionsDatabase>,
  confirmation: Confirmation
): Promise<ConfirmedSession> {
  return store.transaction(async (trx) => {
    const { userId, now } = confirmation
    const before = check(await lockBuddySession(trx, confirmation.sessionId), confirmation)
    const isUser1 = before.user1_id === userId
    const flag = isUser1 ? { user2_confirmed_by_user1: true } : { user1_confirmed_by_user2: true }
    const both = isUser1 ? before.user1_confirmed_by_user2 : before.user2_confirmed_by_user1
    const completion = both ? { status: 'completed' as const, completed_at: now } : {}
    const session = await updateBuddySession(trx, before.id, { ...flag, ...completion }, now)
    const confirmed_id = isUser1 ? session.user2_id : session.user1_id
    const data = { ...describeBuddySession(session), actor_id: userId, confirmed_id }
    await recordEvent(trx, BuddySessionConfirmed, { subject: session.id, data })
    const points = await pointsOf(trx, session)
    if (both) await complete(trx, session, points, now)
    return { session, points }
  })
}

/** The session, if the caller may confirm this person now. */
function check(session: BuddySessionRow | undefined, { userId, buddyId, now }: Confirmation): BuddySessionRow {
  if (session === undefined) throw new BuddySessionNotFound()
  const { user1_id, user2_id, scheduled_time } = session
  if (userId !== user1_id && userId !== user2_id) throw new AccessDenied()
  if (session.status === 'cancelled') throw new BuddySessionIsCancelled()
  if (now < scheduled_time) throw new SessionNotBegun()
  if (buddyId !== undefined && buddyId !== (userId === user1_id ? user2_id : user1_id)) throw new NotYourBuddy()
  const { user1_confirmed_by_user2, user2_confirmed_by_user1 } = session
  if (userId === user1_id ? user2_confirmed_by_user1 : user1_confirmed_by_user2) throw new AlreadyConfirmed()
  return session
}

async function pointsOf(trx: Transaction<SessionsDatabase>, session: BuddySessionRow) {
  const challenges = await findChallenges(trx, [session.user1_challenge_id, session.user2_challenge_id])
  const of = (id: string) => challenges.get(id)?.points ?? 0
  return { user1: of(session.user1_challenge_id), user2: of(session.user2_challenge_id) }
}

async function complete(
  trx: Transaction<SessionsDatabase>,
  session: BuddySessionRow,
  points: ConfirmedSession['points'],
  now: Date
): Promise<void> {
  const credits: ReputationCreditRow[] = [
    { buddy_session_id: session.id, user_id: session.user1_id, points: points.user1, created_at: now },
    { buddy_session_id: session.id, user_id: session.user2_id, points: points.user2, created_at: now }
  ]
  await insertCredits(trx, credits)
  await recordEvent(trx, BuddySessionCompleted, {
    subject: session.id,
    data: {
      ...describeBuddySession(session),
      completed_at: now.toISOString(),
      credits: credits.map((credit) => ({ user_id: credit.user_id, points: credit.points }))
    }
  })
}
