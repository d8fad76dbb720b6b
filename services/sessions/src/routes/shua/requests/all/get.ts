import { ListRequestsQuery, TitledRequest } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentTitledRequest } from '#src/requests/present-request.ts'
import { listRequestViewsOf } from '#src/requests/request-views.repository.ts'

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
  app.get('', { schema }, async ({ query, user }) => {
    const requests = await listRequestViewsOf(app.plans.store.db, user.id, query)
    return requests.map(presentTitledRequest)
  })
}
export default route
