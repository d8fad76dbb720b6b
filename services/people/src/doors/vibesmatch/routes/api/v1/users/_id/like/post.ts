import { Id, LikeResult, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { UserNotFound } from '#src/errors.ts'
import { likeUser } from '#src/likes/like-user.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Like a person',
  description:
    'The two match when the other likes you too, or has asked you to chat, which this accepts. A match opens the conversation ' +
    'of the two. Liking again returns the current state.',
  params: Type.Object({ id: Id }),
  response: { 200: Success(LikeResult) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const config = { notFound: UserNotFound, idempotency: 'late' as const, errors: [400] }
  app.post('', { schema, config }, async ({ user, params }) => {
    const { matched, matchId } = await likeUser(app.people, { likerId: user.id, likedId: params.id })
    return { success: true as const, data: { matched, match_id: matchId } }
  })
}
export default route
