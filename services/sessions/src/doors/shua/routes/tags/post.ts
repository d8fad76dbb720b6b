import { CreateTagBody, Tag } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createTag } from '#src/tags/create-tag.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Make a tag that everybody can put on events',
  description: 'Names are unique, ignoring case.',
  body: CreateTagBody,
  response: { 201: Tag }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { errors: [409] } }, async ({ body, user }, reply) => {
    const tag = await createTag(app.sessions.store, {
      id: newId(),
      name: body.name,
      color: body.color ?? null,
      description: body.description ?? null,
      creatorId: user.id,
      now: clock.now()
    })
    return reply.code(201).send(tag)
  })
}
export default route
