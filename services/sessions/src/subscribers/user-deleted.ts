import { UserDeleted, UserRegistered, UserUpdated } from '@belay/contracts'
import { defineSubscriber, deleteParkedAbout } from '@belay/events'
import { forgetPerson } from '#src/people/forget-person.ts'
import type { SessionsDatabase } from '#src/schema.ts'

/** Cancels the person's open plans and forgets the rest. */
export default defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-deleted',
  event: UserDeleted,
  async handle({ event, trx }) {
    await forgetPerson(trx, event.data, new Date(event.time))
    await deleteParkedAbout(trx, { subject: event.data.id, types: [UserRegistered.type, UserUpdated.type] })
  }
})
