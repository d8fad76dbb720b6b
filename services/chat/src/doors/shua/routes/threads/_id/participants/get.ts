import { Id, Participant } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { showParticipants } from '#src/threads/show-participants.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'List the people of a thread',
  description: 'For members. Those who left are not in it.',
  params: Type.Object({ id: Id }),
  response: { 200: Type.Array(Participant) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, ({ user, params }) =>
    showParticipants(app.chat, params.id, user.id)
  )
}
export default route
