import { ListTagsQuery, Tag } from '@belay/contracts'
import { linkNextPage } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listTags } from '#src/tags/list-tags.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List tags by name',
  description: 'Without a token too. The `Link` header of a full page leads to the next one.',
  querystring: ListTagsQuery,
  response: { 200: Type.Array(Tag) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { auth: 'optional' } }, async (request, reply) => {
    const { tags, next } = await listTags(app.plans.store.db, request.query)
    linkNextPage(request, reply, next)
    return tags
  })
}
export default route
