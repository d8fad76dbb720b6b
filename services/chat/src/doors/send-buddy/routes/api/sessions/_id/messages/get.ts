import { Id, ListSessionMessagesQuery, Page, SessionMessage } from '@belay/contracts'
import { requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { SessionNotFound } from '#src/errors.ts'
import { listSessionMessages } from '#src/messages/list-session-messages.ts'

const schema = {
  tags: ['Send Buddy: chat'],
  summary: 'Read the messages of a session, oldest first',
  description: 'The newest ones by default; `before` and `after` are a `seq`. `count` is the total of the session.',
  params: Type.Object({ id: Id }),
  querystring: ListSessionMessagesQuery,
  response: { 200: Page(SessionMessage) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: SessionNotFound } }, (request) =>
    listSessionMessages(app.chat, {
      sessionId: request.params.id,
      readerId: request.user.id,
      range: request.query,
      url: requestUrl(request)
    })
  )
}
export default route
