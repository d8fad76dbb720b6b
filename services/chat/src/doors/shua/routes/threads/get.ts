import { Inbox, ListThreadsQuery } from '@belay/contracts'
import { linkNextPage } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentInbox } from '#src/doors/shua/present-threads.ts'
import { listInbox } from '#src/inbox/list-inbox.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: "List the caller's threads, the most recently active first",
  description:
    'With event details, last message and unread count. At most 50 participants are named of each thread. ' +
    'The `Link` header of a full page leads to the next one.',
  querystring: ListThreadsQuery,
  response: { 200: Inbox }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request, reply) => {
    const inbox = await listInbox(app.chat.store.db, request.user.id, request.query)
    linkNextPage(request, reply, inbox.next)
    return presentInbox(inbox)
  })
}
export default route
