import { UserRegistered } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertUser } from '#src/people/users.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const userRegistered = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-user-registered',
  event: UserRegistered,
  handle: ({ event, trx }) => upsertUser(trx, event.data)
})
