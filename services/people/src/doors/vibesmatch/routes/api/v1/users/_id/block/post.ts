import { BlockBody, Done, Id, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { blockUser } from '#src/blocks/block-user.ts'
import { UserNotFound } from '#src/errors.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Block a person',
  description: 'Takes effect at once for both. Blocking again changes nothing.',
  params: Type.Object({ id: Id }),
  body: Type.Optional(BlockBody),
  response: { 200: Success(Done) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: UserNotFound } }, async ({ user, params, body }) => {
    await blockUser(app.people, { blockerId: user.id, blockedId: params.id, reason: body?.reason })
    return { success: true as const, data: { message: 'User blocked successfully' } }
  })
}
export default route
