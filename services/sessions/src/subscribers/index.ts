import { durableOf, MatchCreated, MatchEnded } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { accountSubscribers, blockSubscribers } from '@belay/people-projection'
import { endMatch } from '#src/buddy-sessions/end-match.ts'
import { erasePerson } from '#src/erasure/erase-person.ts'
import { upsertMatch } from '#src/matches/matches.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { applyBlock } from '#src/sessions/apply-block.ts'

const matchCreated = defineSubscriber<SessionsDatabase>()({
  durable: durableOf('sessions', MatchCreated),
  event: MatchCreated,
  async handle({ event: { data }, trx }) {
    const [user1_id = '', user2_id = ''] = data.user_ids.toSorted()
    await upsertMatch(trx, { id: data.match_id, user1_id, user2_id, active: true, version: data.version })
  }
})

const matchEnded = defineSubscriber<SessionsDatabase>()({
  durable: durableOf('sessions', MatchEnded),
  event: MatchEnded,
  handle: ({ event: { data, time }, trx }) => endMatch(trx, data, new Date(time))
})

/** Every event that this service reacts to. */
export const subscribers = [
  ...accountSubscribers<SessionsDatabase>('sessions', {
    keeps: ['bio'],
    onErased: (trx, { data, time }) => erasePerson(trx, data, new Date(time))
  }),
  ...blockSubscribers<SessionsDatabase>('sessions', {
    onBlocked: (trx, { data, time }, isLatest) => applyBlock(trx, data, { blockedAt: new Date(time), isLatest })
  }),
  matchCreated,
  matchEnded
]
