import { Id, SessionDataResponse } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { getBuddySession } from '#src/buddy-sessions/get-buddy-session.ts'
import { presentSession } from '#src/doors/wingman/present.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'Read a session',
  description: 'For its two people. `reputation_preview` has the points of their challenges.',
  params: Type.Object({ id: Id }),
  response: { 200: SessionDataResponse }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { errors: [403, 404] } }, async ({ params, user }) => {
    const [session, email] = await Promise.all([
      getBuddySession(app.sessions.store.db, params.id, user.id),
      app.sessions.findEmail(user.id)
    ])
    return presentSession(session, { id: user.id, email })
  })
}
export default route
