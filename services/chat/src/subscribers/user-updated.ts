import { UserUpdated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertUser } from '#src/people/users.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

export const userUpdated = defineSubscriber<ChatDatabase>()({
  durable: 'chat-user-updated',
  event: UserUpdated,
  handle: ({ event, trx }) => upsertUser(trx, event.data)
})
