import type { Challenge, SessionDataResponse } from '@belay/contracts'
import type { Static } from 'typebox'
import type { BuddySessionView } from '#src/buddy-sessions/buddy-sessions.repository.ts'
import type { ConfirmedSession } from '#src/buddy-sessions/confirm-buddy.ts'
import type { ChallengeRow } from '#src/schema.ts'

export function presentChallenge(challenge: ChallengeRow): Static<typeof Challenge> {
  const { id, title, description, difficulty, points } = challenge
  return { id, title, description, difficulty, points }
}

/** A session as one of its two people sees it; `ownEmail` is the viewer's. */
export function presentSession(
  session: BuddySessionView,
  viewer: { id: string; email: string | null }
): Static<typeof SessionDataResponse> {
  const emailOf = (id: string) => (id === viewer.id ? viewer.email : null)
  return {
    id: session.id,
    match_id: session.match_id,
    venue_name: session.venue_name,
    scheduled_time: session.scheduled_time.toISOString(),
    status: session.status,
    notes: session.notes === '' ? null : session.notes,
    participants: {
      user1: {
        id: session.user1_id,
        name: session.user1_name,
        email: emailOf(session.user1_id),
        challenge: {
          id: session.user1_challenge_id,
          title: session.challenge1_title,
          description: session.challenge1_description,
          difficulty: session.challenge1_difficulty,
          points: session.challenge1_points
        },
        confirmed: session.user1_confirmed_by_user2
      },
      user2: {
        id: session.user2_id,
        name: session.user2_name,
        email: emailOf(session.user2_id),
        challenge: {
          id: session.user2_challenge_id,
          title: session.challenge2_title,
          description: session.challenge2_description,
          difficulty: session.challenge2_difficulty,
          points: session.challenge2_points
        },
        confirmed: session.user2_confirmed_by_user1
      }
    },
    reputation_preview: previewOf({ user1: session.challenge1_points, user2: session.challenge2_points }),
    created_at: session.created_at.toISOString(),
    completed_at: session.completed_at?.toISOString() ?? null
  }
}

/** What the two gain when their session is completed. */
export function previewOf(points: ConfirmedSession['points']) {
  return { user1_delta: points.user1, user2_delta: points.user2 }
}

/** What a confirmation has led to, in words. */
export function confirmationMessage(isCompleted: boolean): string {
  return isCompleted ? 'Session completed' : 'Confirmed, waiting for your buddy'
}
