import { MessageRequestItem, MessageRequestsQuery, SuccessPage } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentRequest } from '#src/doors/vibesmatch/present-requests.ts'
import { listRequests } from '#src/message-requests/request-list.repository.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'List message requests, newest first',
  description: 'Received ones with their `sender`, sent ones with their `receiver`; pending ones by default.',
  querystring: MessageRequestsQuery,
  response: { 200: SuccessPage(Type.Object({ requests: Type.Array(MessageRequestItem) })) }
}

const positions = positionsOf('message-requests', 'time')

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user, query }) => {
    const { store, runtime } = app.chat
    const { type: direction, status = 'pending', limit } = query
    const afterId = positions.decode(query.cursor)?.id
    const filter = { userId: user.id, direction, status, afterId, limit: limit + 1, now: runtime.clock.now() }
    const found = await listRequests(store.db, filter)
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : undefined
    const cursor = last === undefined ? null : positions.encode({ key: null, id: last.id })
    return {
      success: true as const,
      data: { requests: page.map((request) => presentRequest(request, direction)) },
      meta: { pagination: { cursor, hasMore: cursor !== null } }
    }
  })
}
export default route
