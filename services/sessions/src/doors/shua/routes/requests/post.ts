import { CreateRequestBody, JoinRequest } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentRequest } from '#src/doors/shua/present-request.ts'
import { submitRequest } from '#src/requests/submit-request.ts'

const schema = {
  tags: ['Shua: requests'],
  summary: 'Ask to join an event',
  description: 'One live request per guest and event. It is accepted at once if the event has `auto_accept`.',
  body: CreateRequestBody,
  response: { 201: JoinRequest }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { errors: [400, 404] } }, async ({ body, user }, reply) => {
    const request = await submitRequest(app.sessions.store, {
      id: newId(),
      bookingId: newId(),
      gatheringId: body.event_id,
      hostId: body.host_id,
      guestId: user.id,
      now: clock.now()
    })
    return reply.code(201).send(presentRequest(request))
  })
}
export default route
