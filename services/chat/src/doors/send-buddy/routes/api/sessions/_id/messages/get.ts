import { Id, ListSessionMessagesQuery, Page, SessionMessage } from '@belay/contracts'
import { requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/send-buddy/errors.ts'
import { presentPage } from '#src/doors/send-buddy/present-page.ts'
import { SessionNotFound } from '#src/errors.ts'
import { listMessages } from '#src/messages/list-messages.ts'

const schema = {
  tags: ['Send Buddy: chat'],
  summary: 'Read the messages of a session, oldest first',
  description: 'The newest ones by default; `before` and `after` are a `seq`. `count` is the total of the session.',
  params: Type.Object({ id: Id }),
  querystring: ListSessionMessagesQuery,
  response: { 200: Page(SessionMessage) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: SessionNotFound } }, async (request) => {
    const { user, params, query } = request
    const list = await listMessages(app.chat.store.db, { threadId: params.id, readerId: user.id, range: query })
    if (!list.ok) throw toError(list)
    return presentPage(list, requestUrl(request), query.limit)
  })
}
export default route
