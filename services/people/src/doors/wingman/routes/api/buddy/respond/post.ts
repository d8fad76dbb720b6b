import { MatchAnswered, RespondToMatchBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { NotYourMatch } from '#src/errors.ts'
import { findOwnPair, unmatch } from '#src/matches/unmatch.ts'

const schema = {
  tags: ['Wingman: chat'],
  summary: 'Answer a match',
  description: 'Declining ends the match for both; accepting leaves it as it is. `user_id` is the caller.',
  body: RespondToMatchBody,
  response: { 200: MatchAnswered }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { errors: [403, 404] } }, async ({ body, user }) => {
    if (body.user_id !== user.id) throw new NotYourMatch()
    const answer = { userId: user.id, matchId: body.match_id }
    const isAccepted = body.action === 'accept'
    await (isAccepted ? findOwnPair(app.people, answer) : unmatch(app.people, answer))
    const match_status = isAccepted ? ('accepted' as const) : ('declined' as const)
    return { success: true as const, message: `Match ${match_status}`, match_status, next_match: null }
  })
}
export default route
