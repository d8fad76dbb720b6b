import { Id, Participant } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { listParticipants } from '#src/threads/inbox.repository.ts'
import { requireThread } from '#src/threads/require-thread.ts'

/** An event has no more, the host included. */
const mostParticipants = 1000

const schema = {
  tags: ['Shua: threads'],
  summary: 'List the people of a thread',
  params: Type.Object({ id: Id }),
  response: { 200: Type.Array(Participant) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, async ({ user, params }) => {
    const thread = await requireThread(app.chat, params.id, user.id)
    return listParticipants(app.chat.store.db, [thread.id], mostParticipants)
  })
}
export default route
