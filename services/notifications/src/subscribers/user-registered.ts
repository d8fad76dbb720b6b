import { UserRegistered } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertUser } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const userRegistered = defineSubscriber<NotificationsDatabase>()({
  durable: 'notifications-user-registered',
  event: UserRegistered,
  handle: ({ event, trx }) => upsertUser(trx, event.data)
})
