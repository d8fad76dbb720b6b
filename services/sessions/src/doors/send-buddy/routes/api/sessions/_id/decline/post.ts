import { DeclineBody, Id, SessionMoved } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentMoved } from '#src/doors/send-buddy/present-session.ts'
import { SessionNotFound } from '#src/errors.ts'
import { moveSession } from '#src/sessions/move-session.ts'

const schema = {
  tags: ['Send Buddy: sessions'],
  summary: 'Decline an invitation (invitee)',
  description: 'The message, if any, becomes the last message of the session.',
  params: Type.Object({ id: Id }),
  body: DeclineBody,
  response: { 200: SessionMoved }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { notFound: SessionNotFound, errors: [400] } }, async ({ params, body, user }) =>
    presentMoved(
      await moveSession(app.sessions.store, {
        move: 'decline',
        sessionId: params.id,
        userId: user.id,
        now: clock.now(),
        closingMessage: body.message ? { id: newId(), body: body.message } : undefined
      })
    )
  )
}
export default route
