import { ListRequestsQuery, TitledRequest } from '@belay/contracts'
import { linkNextPage } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentTitledRequest } from '#src/doors/shua/present-request.ts'
import { listRequests } from '#src/doors/shua/list-requests.ts'

const schema = {
  tags: ['Shua: requests'],
  summary: "List the caller's requests, at the path that older clients call",
  description:
    'As `GET /requests`: those where the caller is guest or host, not those of other people. Each also has the guest under ' +
    '`user_id` and `user_name`, and the title of the event.',
  querystring: ListRequestsQuery,
  response: { 200: Type.Array(TitledRequest) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request, reply) => {
    const { requests, next } = await listRequests(app.sessions.store.db, request.user.id, request.query)
    linkNextPage(request, reply, next)
    return requests.map(presentTitledRequest)
  })
}
export default route
