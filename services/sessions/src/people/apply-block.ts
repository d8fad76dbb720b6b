import type { Transaction } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import { cancelOpenSessions } from '#src/sessions/cancel-open-sessions.ts'
import { upsertBlock } from './blocks.repository.ts'
import { lockUsers } from './users.repository.ts'

/**
 * Keeps the block and cancels what is open between the two, in the blocker's name. A block that arrives after it was
 * lifted still ends what it found when it was made, and nothing that came later.
 */
export async function applyBlock(
  trx: Transaction<SessionsDatabase>,
  block: { blocker_id: string; blocked_id: string; version: number },
  blockedAt: Date
): Promise<void> {
  const pair = [block.blocker_id, block.blocked_id] as const
  await lockUsers(trx, pair)
  const stands = await upsertBlock(trx, { ...block, active: true })
  const limit = stands ? {} : { createdBefore: blockedAt }
  await cancelOpenSessions(trx, { pair, ...limit }, { actorId: block.blocker_id, cause: 'block', now: blockedAt })
}
