import { Id, ListThreadMessagesQuery, ThreadMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { listThreadMessages } from '#src/messages/list-thread-messages.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Read the messages of a thread',
  description: '`offset` counts back from the newest; each page is oldest first.',
  params: Type.Object({ id: Id }),
  querystring: ListThreadMessagesQuery,
  response: { 200: Type.Array(ThreadMessage) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, ({ user, params, query }) =>
    listThreadMessages(app.chat, { threadId: params.id, readerId: user.id, ...query })
  )
}
export default route
