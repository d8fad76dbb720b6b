import { Id, ListThreadMessagesQuery, ThreadMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/shua/errors.ts'
import { presentMessage } from '#src/doors/shua/present-message.ts'
import { ThreadNotFound } from '#src/errors.ts'
import { listMessages } from '#src/messages/list-messages.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Read the messages of a thread',
  description: '`offset` counts back from the newest; each page is oldest first.',
  params: Type.Object({ id: Id }),
  querystring: ListThreadMessagesQuery,
  response: { 200: Type.Array(ThreadMessage) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, async ({ user, params, query }) => {
    const range = { skip: query.offset, limit: query.limit }
    const list = await listMessages(app.chat.store.db, { threadId: params.id, readerId: user.id, range })
    if (!list.ok) throw toError(list)
    return list.messages.map(presentMessage)
  })
}
export default route
