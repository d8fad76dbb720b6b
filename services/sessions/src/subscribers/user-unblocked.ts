import { UserUnblocked } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertBlock } from '#src/people/blocks.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

/** The two may invite each other again; what was cancelled stays cancelled. */
export const userUnblocked = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-unblocked',
  event: UserUnblocked,
  async handle({ event, trx }) {
    await upsertBlock(trx, { ...event.data, active: false })
  }
})
