import { Event, EventBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createEvent } from '#src/events/create-event.ts'
import { presentEvent } from '#src/events/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Host an event',
  description:
    'The capacity counts the host. With `auto_accept` everybody who asks is in at once while there are places.',
  body: EventBody,
  response: { 201: Event }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { errors: [400, 404] } }, async ({ body, user }, reply) => {
    const ids = { id: newId(), threadId: newId() }
    const event = await createEvent(app.plans.store, { ...ids, hostId: user.id, plan: body, now: clock.now() })
    return reply.code(201).send(presentEvent(event))
  })
}
export default route
