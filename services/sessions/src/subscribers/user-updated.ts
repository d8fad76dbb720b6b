import { UserUpdated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertUser } from '#src/people/users.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const userUpdated = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-updated',
  event: UserUpdated,
  handle: ({ event, trx }) => upsertUser(trx, event.data)
})
