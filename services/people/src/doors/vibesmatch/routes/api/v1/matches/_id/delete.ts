import { Done, Id, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { MatchNotFound } from '#src/errors.ts'
import { unmatch } from '#src/matches/unmatch.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Unmatch a person',
  description:
    'Ends the match for both: the conversation stays readable and takes no more messages, and the two do not discover each ' +
    'other again. They match again when both like each other once more, or by an accepted message request.',
  params: Type.Object({ id: Id }),
  response: { 200: Success(Done) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { notFound: MatchNotFound } }, async ({ user, params }) => {
    await unmatch(app.people, { userId: user.id, matchId: params.id })
    return { success: true as const, data: { message: 'Unmatched successfully' } }
  })
}
export default route
