import { BuddySessionCancelled, type EventOf, type MatchEnded } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import { upsertMatch } from '#src/matches/matches.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { describeBuddySession } from './buddy-session-events.ts'
import { cancelScheduled } from './buddy-sessions.repository.ts'

/**
 * Ends a match and cancels what its two people had scheduled. If they have matched again since, only what they scheduled
 * before the end is cancelled.
 */
export async function endMatch(
  trx: Transaction<SessionsDatabase>,
  { match_id, user_ids, version, reason, actor_id }: EventOf<typeof MatchEnded>['data'],
  endedAt: Date
): Promise<void> {
  const [user1_id = '', user2_id = ''] = user_ids.toSorted()
  const isLatest = await upsertMatch(trx, { id: match_id, user1_id, user2_id, active: false, version })
  const createdBefore = isLatest ? undefined : endedAt
  const cancelled = await cancelScheduled(trx, { matchId: match_id, createdBefore, now: endedAt })
  await recordEvents(
    trx,
    BuddySessionCancelled,
    cancelled.map((session) => ({
      subject: session.id,
      data: { ...describeBuddySession(session), actor_id: actor_id ?? null, cause: reason }
    }))
  )
}
