import { JoinRequest, ListRequestsQuery } from '@belay/contracts'
import { linkNextPage } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentRequest } from '#src/doors/shua/present-request.ts'
import { listRequests } from '#src/doors/shua/list-requests.ts'

const schema = {
  tags: ['Shua: requests'],
  summary: "List the caller's requests, as guest and as host, the newest first",
  description: 'The `Link` header of a full page leads to the next one.',
  querystring: ListRequestsQuery,
  response: { 200: Type.Array(JoinRequest) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request, reply) => {
    const { requests, next } = await listRequests(app.sessions.store.db, request.user.id, request.query)
    linkNextPage(request, reply, next)
    return requests.map(presentRequest)
  })
}
export default route
