import { UserDeleted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { forgetPerson } from '#src/people/forget-person.ts'
import type { SessionsDatabase } from '#src/schema.ts'

/** Cancels the person's open plans and forgets the rest. */
export default defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-deleted',
  event: UserDeleted,
  handle: ({ event, trx }) => forgetPerson(trx, event.data, new Date(event.time))
})
