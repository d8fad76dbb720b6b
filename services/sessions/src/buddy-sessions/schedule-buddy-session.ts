import { BuddySessionScheduled } from '@belay/contracts'
import { recordEvent, type Store } from '@belay/events'
import { findChallenges } from '#src/challenges/challenges.repository.ts'
import {
  AccessDenied,
  BuddySessionExists,
  MatchHasEnded,
  MatchNotFound,
  TimeNotInFuture,
  UnknownChallenge
} from '#src/errors.ts'
import { holdMatch } from '#src/matches/matches.repository.ts'
import type { BuddySessionRow, SessionsDatabase } from '#src/schema.ts'
import { describeBuddySession } from './buddy-session-events.ts'
import { insertBuddySession } from './buddy-sessions.repository.ts'

export interface NewBuddySession {
  id: string
  matchId: string
  userId: string
  venueName: string
  scheduledTime: Date
  user1ChallengeId: string
  user2ChallengeId: string
  now: Date
}

/**
 * Schedules a session of two people who matched; of several at the same instant one is created. Throws the error of the
 * first broken rule: MatchNotFound, AccessDenied, MatchHasEnded, UnknownChallenge, TimeNotInFuture, BuddySessionExists.
 */
export async function scheduleBuddySession(
  store: Store<SessionsDatabase>,
  input: NewBuddySession
): Promise<BuddySessionRow> {
  return store.transaction(async (trx) => {
    const match = await holdMatch(trx, input.matchId)
    if (match === undefined) throw new MatchNotFound()
    if (![match.user1_id, match.user2_id].includes(input.userId)) throw new AccessDenied()
    if (!match.active) throw new MatchHasEnded()
    const challenges = await findChallenges(trx, [input.user1ChallengeId, input.user2ChallengeId])
    if (!challenges.has(input.user1ChallengeId)) throw new UnknownChallenge('user1_challenge_id')
    if (!challenges.has(input.user2ChallengeId)) throw new UnknownChallenge('user2_challenge_id')
    if (input.scheduledTime <= input.now) throw new TimeNotInFuture()
    const session = await insertBuddySession(trx, {
      id: input.id,
      match_id: match.id,
      user1_id: match.user1_id,
      user2_id: match.user2_id,
      user1_challenge_id: input.user1ChallengeId,
      user2_challenge_id: input.user2ChallengeId,
      venue_name: input.venueName,
      scheduled_time: input.scheduledTime,
      created_at: input.now,
      updated_at: input.now
    })
    if (session === undefined) throw new BuddySessionExists()
    const data = { ...describeBuddySession(session), actor_id: input.userId }
    await recordEvent(trx, BuddySessionScheduled, { subject: session.id, data })
    return session
  })
}
