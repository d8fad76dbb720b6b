import { Id, SessionMoved } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentMoved } from '#src/doors/send-buddy/present-session.ts'
import { SessionNotFound } from '#src/errors.ts'
import { moveSession } from '#src/sessions/move-session.ts'

const schema = {
  tags: ['Send Buddy: sessions'],
  summary: 'Mark an accepted session as completed',
  description: 'By either of the two, from `accepted` only. Both are asked for feedback.',
  params: Type.Object({ id: Id }),
  response: { 200: SessionMoved }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: SessionNotFound, errors: [400] } }, async ({ params, user }) =>
    presentMoved(
      await moveSession(app.sessions.store, {
        move: 'complete',
        sessionId: params.id,
        userId: user.id,
        now: app.runtime.clock.now()
      })
    )
  )
}
export default route
