import { UserBlocked } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { applyBlock } from '#src/sessions/apply-block.ts'
import type { SessionsDatabase } from '#src/schema.ts'

/** From now on neither can invite the other; what is open between them is cancelled. */
export const userBlocked = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-blocked',
  event: UserBlocked,
  handle: ({ event, trx }) => applyBlock(trx, event.data, new Date(event.time))
})
