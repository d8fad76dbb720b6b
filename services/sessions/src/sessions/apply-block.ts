import type { Transaction } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import { cancelOpenSessions } from './cancel-open-sessions.ts'

/**
 * Cancels the open sessions of two people in the blocker's name. A block that arrives after it was lifted is not the
 * latest, and cancels only the sessions that were open when it was made.
 */
export async function applyBlock(
  trx: Transaction<SessionsDatabase>,
  { blocker_id, blocked_id }: { blocker_id: string; blocked_id: string },
  { blockedAt, isLatest }: { blockedAt: Date; isLatest: boolean }
): Promise<void> {
  const pair = [blocker_id, blocked_id] as const
  const limit = isLatest ? {} : { createdBefore: blockedAt }
  await cancelOpenSessions(trx, { pair, ...limit }, { actorId: blocker_id, cause: 'block', now: blockedAt })
}
