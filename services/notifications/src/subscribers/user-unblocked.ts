import { UserUnblocked } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertBlock } from '#src/people/blocks.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const userUnblocked = defineSubscriber<NotificationsDatabase>()({
  durable: 'notifications-user-unblocked',
  event: UserUnblocked,
  handle: ({ event, trx }) => upsertBlock(trx, { ...event.data, active: false })
})
