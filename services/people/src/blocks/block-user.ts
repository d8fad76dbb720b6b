import { UserBlocked } from '@belay/contracts'
import { afterCommit, recordEvent } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import { activateBlock } from '#src/blocks/blocks.repository.ts'
import { UserNotFound } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { endMatch } from '#src/matches/end-match.ts'
import { lockPair } from '#src/users/users.repository.ts'

/**
 * Blocks a person, which ends the match of the two. Blocking again changes and publishes nothing. Throws UserNotFound or
 * InvalidInput.
 */
export async function blockUser(
  people: People,
  input: { blockerId: string; blockedId: string; reason?: string | null | undefined }
): Promise<void> {
  if (input.blockerId === input.blockedId) throw new InvalidInput('You cannot block yourself')
  const now = people.clock.now()
  await people.store.transaction(async (trx) => {
    if (!(await lockPair(trx, input.blockerId, input.blockedId))) throw new UserNotFound()
    const block = await activateBlock(trx, {
      id: people.newId(),
      blocker_id: input.blockerId,
      blocked_id: input.blockedId,
      reason: input.reason || null,
      now
    })
    if (block === undefined) return
    const { blocker_id, blocked_id, version } = block
    await recordEvent(trx, UserBlocked, { subject: blocker_id, data: { blocker_id, blocked_id, version } })
    await endMatch(trx, { pair: [blocker_id, blocked_id], reason: 'blocked', now })
    afterCommit(trx, () => people.moderation.countBlock())
  })
}
