import { Id, SessionDetail } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentDetail } from '#src/doors/send-buddy/present-session.ts'
import { SessionNotFound } from '#src/errors.ts'
import { getSession } from '#src/sessions/get-session.ts'

const schema = {
  tags: ['Send Buddy: sessions'],
  summary: 'Read a session with its newest 100 messages, oldest first',
  description:
    'For the two people of the session; to others it does not exist. Reading does not mark anything as read.',
  params: Type.Object({ id: Id }),
  response: { 200: SessionDetail }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const deps = { db: app.sessions.store.db, conversations: app.sessions.conversations }
  app.get('', { schema, config: { notFound: SessionNotFound } }, async ({ params, user }) => {
    const { session, newest } = await getSession(deps, params.id, user.id)
    return presentDetail(session, newest)
  })
}
export default route
