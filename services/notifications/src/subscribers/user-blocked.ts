import { UserBlocked } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertBlock } from '#src/people/blocks.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const userBlocked = defineSubscriber<NotificationsDatabase>()({
  durable: 'notifications-user-blocked',
  event: UserBlocked,
  handle: ({ event, trx }) => upsertBlock(trx, { ...event.data, active: true })
})
