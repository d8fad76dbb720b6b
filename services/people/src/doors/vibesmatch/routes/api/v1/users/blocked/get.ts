import { BlockedUser, CursorQuery, SuccessPage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listBlocked } from '#src/blocks/list-blocked.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Whom you have blocked, latest first',
  description: 'The next page begins after `cursor`, which comes with this one.',
  querystring: CursorQuery,
  response: { 200: SuccessPage(Type.Object({ users: Type.Array(BlockedUser) })) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user, query }) => {
    const { users, cursor } = await listBlocked(app.people, { blockerId: user.id, ...query })
    const meta = { pagination: { cursor, hasMore: cursor !== null } }
    return { success: true as const, data: { users }, meta }
  })
}
export default route
