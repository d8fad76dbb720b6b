import type { Transaction } from 'kysely'
import { upsertBlock } from '#src/people/blocks.repository.ts'
import { lockUsers } from '#src/people/users.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { cancelOpenSessions } from './cancel-open-sessions.ts'

/**
 * Stores a block and cancels the open sessions of the two in the blocker's name. A block that arrives after it was lifted
 * cancels only the sessions that were open when it was made.
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
