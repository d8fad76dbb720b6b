import { CancelBody, Id, SessionMoved } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentMoved } from '#src/doors/send-buddy/present-session.ts'
import { SessionNotFound } from '#src/errors.ts'
import { moveSession } from '#src/sessions/move-session.ts'

const schema = {
  tags: ['Send Buddy: sessions'],
  summary: 'Cancel a pending or accepted session',
  description: 'The reason, if any, becomes the last message of the session.',
  params: Type.Object({ id: Id }),
  body: CancelBody,
  response: { 200: SessionMoved }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { notFound: SessionNotFound, errors: [400] } }, async ({ params, body, user }) =>
    presentMoved(
      await moveSession(app.sessions.store, {
        move: 'cancel',
        sessionId: params.id,
        userId: user.id,
        now: clock.now(),
        closingMessage: body.reason ? { id: newId(), body: `Cancelled: ${body.reason}` } : undefined
      })
    )
  )
}
export default route
