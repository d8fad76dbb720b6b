import { MatchCreated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { upsertMatch } from '#src/matches/matches.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const matchCreated = defineSubscriber<SessionsDatabase>()({
  durable: 'sessions-match-created',
  event: MatchCreated,
  async handle({ event: { data }, trx }) {
    const [user1_id = '', user2_id = ''] = data.user_ids.toSorted()
    await upsertMatch(trx, { id: data.match_id, user1_id, user2_id, active: true, version: data.version })
  }
})
