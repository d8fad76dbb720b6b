import { Id, Participant } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/shua/errors.ts'
import { ThreadNotFound } from '#src/errors.ts'
import { listParticipants } from '#src/inbox/inbox.repository.ts'
import { viewThread } from '#src/threads/view-thread.ts'

/** An event has no more, the host included. */
const mostParticipants = 1000

const schema = {
  tags: ['Shua: threads'],
  summary: 'List the people of a thread',
  description: 'For members. Those who left are not in it.',
  params: Type.Object({ id: Id }),
  response: { 200: Type.Array(Participant) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, async ({ user, params }) => {
    const view = await viewThread(app.chat.store.db, params.id, user.id)
    if (!view.ok) throw toError(view)
    const { db } = app.chat.store
    return listParticipants(db, [view.thread.id], { readerId: user.id, limit: mostParticipants })
  })
}
export default route
