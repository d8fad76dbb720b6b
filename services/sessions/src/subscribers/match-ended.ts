import { MatchEnded } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { endMatch } from '#src/buddy-sessions/end-match.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const matchEnded = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-match-ended',
  event: MatchEnded,
  handle: ({ event: { data, time }, trx }) => endMatch(trx, data, new Date(time))
})
