import { ListTagsQuery, Tag } from '@belay/contracts'
import { linkNextPage, positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { nextCursor } from '#src/doors/shua/next-cursor.ts'
import { listTags } from '#src/tags/tags.repository.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List tags by name',
  description: 'Without a token too. The `Link` header of a full page leads to the next one.',
  querystring: ListTagsQuery,
  response: { 200: Type.Array(Tag) }
}

const positions = positionsOf('tags', 'text')

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { auth: 'optional' } }, async (request, reply) => {
    const { limit, cursor } = request.query
    const after = positions.decode(cursor)?.key ?? undefined
    const tags = await listTags(app.sessions.store.db, { limit, after })
    linkNextPage(
      request,
      reply,
      nextCursor(tags, limit, positions, (tag) => tag.name)
    )
    return tags
  })
}
export default route
