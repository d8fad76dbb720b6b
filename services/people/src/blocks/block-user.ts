import { UserBlocked } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import { activateBlock } from '#src/blocks/blocks.repository.ts'
import { UserNotFound } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { lockUsersAgainstErasure } from '#src/users/users.repository.ts'

/** Blocks a person. Blocking again changes and publishes nothing. Throws UserNotFound or InvalidInput. */
export async function blockUser(
  people: People,
  input: { blockerId: string; blockedId: string; reason?: string | null | undefined }
): Promise<void> {
  if (input.blockerId === input.blockedId) throw new InvalidInput('You cannot block yourself')
  await people.store.transaction(async (trx) => {
    const living = await lockUsersAgainstErasure(trx, [input.blockerId, input.blockedId])
    if (!living) throw new UserNotFound()
    const block = await activateBlock(trx, {
      id: people.newId(),
      blocker_id: input.blockerId,
      blocked_id: input.blockedId,
      reason: input.reason || null,
      now: people.clock.now()
    })
    if (block === undefined) return
    const { blocker_id, blocked_id, version } = block
    await recordEvent(trx, UserBlocked, { subject: blocker_id, data: { blocker_id, blocked_id, version } })
  })
}
