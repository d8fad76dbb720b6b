import { Done, Id, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { unblockUser } from '#src/blocks/unblock-user.ts'
import { UserNotFound } from '#src/errors.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Lift a block',
  description: 'What the block ended stays ended. Lifting a block that is not there changes nothing.',
  params: Type.Object({ id: Id }),
  response: { 200: Success(Done) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { notFound: UserNotFound, errors: [400] } }, async ({ user, params }) => {
    await unblockUser(app.people, { blockerId: user.id, blockedId: params.id })
    return { success: true as const, data: { message: 'User unblocked successfully' } }
  })
}
export default route
