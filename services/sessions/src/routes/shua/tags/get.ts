import { ListTagsQuery, Tag } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listTags } from '#src/tags/tags.repository.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List tags by name',
  description: 'Without a token too. The next page begins after `cursor`, the id of the last tag of this one.',
  querystring: ListTagsQuery,
  response: { 200: Type.Array(Tag) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { auth: 'optional' } }, ({ query }) => listTags(app.plans.store.db, query))
}
export default route
