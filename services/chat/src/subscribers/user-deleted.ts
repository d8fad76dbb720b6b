import { UserDeleted, UserRegistered, UserUpdated } from '@belay/contracts'
import { defineSubscriber, deleteParkedAbout } from '@belay/events'
import { eraseUser } from '#src/people/users.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** The person's conversations end with their plans; here only the name goes. */
export const userDeleted = defineSubscriber<ChatDatabase>()({
  durable: 'chat-user-deleted',
  event: UserDeleted,
  async handle({ event, trx }) {
    await eraseUser(trx, event.data)
    await deleteParkedAbout(trx, { subject: event.data.id, types: [UserRegistered.type, UserUpdated.type] })
  }
})
