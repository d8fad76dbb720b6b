import { Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { RequestNotFound } from '#src/errors.ts'
import { withdrawRequest } from '#src/requests/withdraw-request.ts'

const schema = {
  tags: ['Shua: requests'],
  summary: 'Withdraw a request (guest)',
  description: 'A guest with a booking leaves the event and its group; the place is free again.',
  params: Type.Object({ id: Id }),
  response: { 204: Type.Null() }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.delete('', { schema, config: { notFound: RequestNotFound, errors: [400] } }, async ({ params, user }, reply) => {
    await withdrawRequest(app.sessions.store, { requestId: params.id, callerId: user.id, now: clock.now() })
    return reply.code(204).send(null)
  })
}
export default route
