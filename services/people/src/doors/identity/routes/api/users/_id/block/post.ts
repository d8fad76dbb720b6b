import { BlockBody, Confirmation, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { blockUser } from '#src/blocks/block-user.ts'
import { UserNotFound } from '#src/errors.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Block a person (Send Buddy)',
  description:
    'As `POST /api/v1/users/{id}/block`, in the format of the Send Buddy API. Takes effect at once for both. Blocking again ' +
    'changes nothing.',
  params: Type.Object({ id: Id }),
  body: BlockBody,
  response: { 201: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: UserNotFound } }, async ({ user, params, body }, reply) => {
    await blockUser(app.people, { blockerId: user.id, blockedId: params.id, reason: body.reason })
    return reply.code(201).send({ message: 'User blocked successfully' })
  })
}
export default route
