import { UserDeleted, UserRegistered, UserUpdated } from '@belay/contracts'
import { defineSubscriber, deleteParkedAbout } from '@belay/events'
import { erasePerson } from '#src/erasure/erase-person.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const userDeleted = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-deleted',
  event: UserDeleted,
  async handle({ event, trx }) {
    await erasePerson(trx, event.data, new Date(event.time))
    await deleteParkedAbout(trx, { subject: event.data.id, types: [UserRegistered.type, UserUpdated.type] })
  }
})
