import { Id, Reputation, ReputationQuery } from '@belay/contracts'
import { isBlocked } from '@belay/people-projection'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { badgeOf } from '#src/doors/wingman/badge.ts'
import { UserNotFound } from '#src/errors.ts'
import { findReputation } from '#src/reputation/reputation.repository.ts'

const dayMs = 86_400_000

const schema = {
  tags: ['Wingman: sessions'],
  summary: "Read a person's reputation",
  description:
    'Points of completed sessions. The badge goes by completed sessions minus no-shows: gold from 10, green from 0, else red.',
  params: Type.Object({ user_id: Id }),
  querystring: ReputationQuery,
  response: { 200: Reputation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { errors: [404] } }, async ({ params, user }) => {
    const { db } = app.sessions.store
    const now = app.runtime.clock.now()
    const [reputation, blocked] = await Promise.all([
      findReputation(db, params.user_id, new Date(now.getTime() - dayMs)),
      isBlocked(db, user.id, params.user_id)
    ])
    if (reputation === undefined || blocked) throw new UserNotFound()
    return {
      user_id: params.user_id,
      ...reputation,
      badge_color: badgeOf(reputation),
      cache_timestamp: now.toISOString()
    }
  })
}
export default route
