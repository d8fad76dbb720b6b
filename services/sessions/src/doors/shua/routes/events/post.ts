import { Event, EventBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { toFields } from '#src/doors/shua/gathering-fields.ts'
import { createGathering } from '#src/gatherings/create-gathering.ts'
import { presentEvent } from '#src/doors/shua/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Host an event',
  description:
    'The capacity counts the host. With `auto_accept` every request is accepted at once while there are places.',
  body: EventBody,
  response: { 201: Event }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { errors: [400, 404] } }, async ({ body, user }, reply) => {
    const ids = { id: newId(), threadId: newId() }
    const fields = { fields: toFields(body), tagIds: body.tag_ids ?? [] }
    const gathering = await createGathering(app.sessions.store, {
      ...ids,
      hostId: user.id,
      ...fields,
      now: clock.now()
    })
    return reply.code(201).send(presentEvent(gathering))
  })
}
export default route
