import { Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { unblockUser } from '#src/blocks/unblock-user.ts'
import { UserNotFound } from '#src/errors.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Lift a block (Send Buddy)',
  description: 'What the block ended stays ended. Lifting a block that is not there changes nothing.',
  params: Type.Object({ id: Id }),
  response: { 204: Type.Null() }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { notFound: UserNotFound, errors: [400] } }, async ({ user, params }, reply) => {
    await unblockUser(app.people, { blockerId: user.id, blockedId: params.id })
    return reply.code(204).send(null)
  })
}
export default route
