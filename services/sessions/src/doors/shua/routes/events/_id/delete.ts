import { Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventNotFound } from '#src/errors.ts'
import { cancelEvent } from '#src/events/cancel-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Cancel an event (host)',
  description:
    'Bookings end, open requests are declined, the group is locked, its guests are told. The event stays readable.',
  params: Type.Object({ id: Id }),
  response: { 204: Type.Null() }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.delete('', { schema, config: { notFound: EventNotFound, errors: [400] } }, async ({ params, user }, reply) => {
    await cancelEvent(app.plans.store, { eventId: params.id, callerId: user.id, now: clock.now() })
    return reply.code(204).send(null)
  })
}
export default route
