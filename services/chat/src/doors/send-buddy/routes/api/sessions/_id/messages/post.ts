import { Id, presentSessionMessage, SendSessionMessageBody, SessionMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { replyToSend } from '#src/doors/reply-to-send.ts'
import { toError } from '#src/doors/send-buddy/errors.ts'
import { SessionNotFound } from '#src/errors.ts'

const schema = {
  tags: ['Send Buddy: chat'],
  summary: 'Send a message in a session',
  description: 'A repeated `client_msg_id` answers the first message with 200.',
  params: Type.Object({ id: Id }),
  body: SendSessionMessageBody,
  response: { 200: SessionMessage, 201: SessionMessage }
}

const replies = {
  present: presentSessionMessage,
  presentRepeated: presentSessionMessage,
  toError,
  limit: 'session'
} as const

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    { schema, config: { notFound: SessionNotFound, idempotency: 'by-handler', accountCheck: 'on-failure' } },
    async (request, reply) => {
      const { body, client_msg_id = null } = request.body
      const message = { thread_id: request.params.id, body, client_msg_id }
      return replyToSend(request, reply, message, replies)
    }
  )
}
export default route
