import { UserDeleted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { eraseUser } from '#src/people/users.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** The person's conversations end with their plans; here only the name goes. */
export const userDeleted = defineSubscriber<ChatDatabase>()({
  durable: 'chat-user-deleted',
  event: UserDeleted,
  handle: ({ event, trx }) => eraseUser(trx, event.data)
})
