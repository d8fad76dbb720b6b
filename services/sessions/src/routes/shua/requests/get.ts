import { JoinRequest, ListRequestsQuery } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentRequest } from '#src/requests/present-request.ts'
import { listRequestViewsOf } from '#src/requests/request-views.repository.ts'

const schema = {
  tags: ['Shua: requests'],
  summary: "List the caller's requests, as guest and as host, the newest first",
  description: 'The next page begins after `cursor`, the id of the last request of this one.',
  querystring: ListRequestsQuery,
  response: { 200: Type.Array(JoinRequest) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ query, user }) => {
    const requests = await listRequestViewsOf(app.plans.store.db, user.id, query)
    return requests.map(presentRequest)
  })
}
export default route
