import { UserUnblocked } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import { deactivateBlock } from '#src/blocks/blocks.repository.ts'
import { UserNotFound } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { lockPair } from '#src/users/users.repository.ts'

/** Lifts a block. Without one, changes and publishes nothing. Throws UserNotFound or InvalidInput. */
export async function unblockUser(people: People, input: { blockerId: string; blockedId: string }): Promise<void> {
  if (input.blockerId === input.blockedId) throw new InvalidInput('You cannot block yourself')
  await people.store.transaction(async (trx) => {
    if (!(await lockPair(trx, input.blockerId, input.blockedId))) throw new UserNotFound()
    const pair = { blocker_id: input.blockerId, blocked_id: input.blockedId }
    const lifted = await deactivateBlock(trx, { ...pair, now: people.clock.now() })
    if (lifted === undefined) return
    await recordEvent(trx, UserUnblocked, { subject: pair.blocker_id, data: { ...pair, version: lifted.version } })
  })
}
