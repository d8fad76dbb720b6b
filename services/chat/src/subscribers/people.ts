import { afterCommit } from '@belay/events'
import { accountSubscribers, blockSubscribers } from '@belay/people-projection'
import { applyBlock, liftBlock } from '#src/blocks/apply-block.ts'
import type { Chat } from '#src/context.ts'
import { erasePerson } from '#src/erasure/erase-person.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** Conversations about plans end with their plans; of an erased person only the name goes from them, and their presence. */
export const peopleSubscribers = ({ runtime, live, presence }: Chat) => [
  ...accountSubscribers<ChatDatabase>('chat', {
    keeps: ['profile_photos', 'birthdate'],
    onStored: (trx, { id }) => presence.accountStored(trx, id),
    async onErased(trx, { data }) {
      const send = await erasePerson(trx, runtime, data.id)
      afterCommit(trx, () => send(live))
      await presence.erase(trx, data.id)
    }
  }),
  ...blockSubscribers<ChatDatabase>('chat', {
    async onBlocked(trx, { data, time }, isLatest) {
      const block = { isLatest, blockedAt: new Date(time) }
      const send = await applyBlock(trx, runtime, [data.blocker_id, data.blocked_id], block)
      afterCommit(trx, () => send(live))
    },
    async onUnblocked(trx, { data }) {
      const send = await liftBlock(trx, runtime, [data.blocker_id, data.blocked_id])
      afterCommit(trx, () => send(live))
    }
  })
]
