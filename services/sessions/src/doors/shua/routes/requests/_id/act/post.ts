import { ActOnRequestBody, Id, RequestActedOn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { RequestNotFound } from '#src/errors.ts'
import { actOnRequest } from '#src/requests/act-on-request.ts'

const schema = {
  tags: ['Shua: requests'],
  summary: 'Accept or decline a request (host)',
  description: "Accepting books a place and lets the guest into the event's group, which opens with the first one.",
  params: Type.Object({ id: Id }),
  body: ActOnRequestBody,
  response: { 200: RequestActedOn }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { notFound: RequestNotFound, errors: [400] } }, ({ params, body, user }) =>
    actOnRequest(app.sessions.store, {
      action: body.action,
      requestId: params.id,
      callerId: user.id,
      bookingId: newId(),
      now: clock.now()
    })
  )
}
export default route
