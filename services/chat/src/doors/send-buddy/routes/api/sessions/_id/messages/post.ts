import { Id, SendSessionMessageBody, SessionMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { SessionNotFound } from '#src/errors.ts'
import { keyedSend, replyReplayed, replyStored } from '#src/replies/keyed-send.ts'
import { sendSessionMessage } from '#src/messages/send-session-message.ts'
import { toSessionMessage } from '#src/messages/session-message.ts'

const schema = {
  tags: ['Send Buddy: chat'],
  summary: 'Send a message in a session',
  description: 'A repeated `client_msg_id` answers the first message with 200.',
  params: Type.Object({ id: Id }),
  body: SendSessionMessageBody,
  response: { 200: SessionMessage, 201: SessionMessage }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: SessionNotFound, idempotency: 'by-handler' } }, async (request, reply) => {
    const keyed = keyedSend(request, toSessionMessage)
    const outcome = await sendSessionMessage(app.chat, {
      thread_id: request.params.id,
      sender_id: request.user.id,
      body: request.body.body,
      client_msg_id: request.body.client_msg_id ?? null,
      keyed
    })
    if ('replayed' in outcome) return replyReplayed(request, reply, outcome)
    const { message, repeated } = outcome
    if (keyed !== undefined && !repeated) return replyStored(request, reply, keyed, message)
    return reply.code(repeated ? 200 : 201).send(toSessionMessage(message))
  })
}
export default route
