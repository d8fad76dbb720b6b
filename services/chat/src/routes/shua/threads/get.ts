import { Inbox, ListThreadsQuery } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { showInbox } from '#src/threads/show-inbox.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: "List the caller's threads, the most recently active first",
  description: 'With event details, last message and unread count. At most 50 participants are named of each thread.',
  querystring: ListThreadsQuery,
  response: { 200: Inbox }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, ({ user, query }) => showInbox(app.chat, user.id, query))
}
export default route
