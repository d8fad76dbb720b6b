import { Id, SendThreadMessageBody, ThreadMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { keyedSend, replyReplayed, replyStored } from '#src/replies/keyed-send.ts'
import { sendThreadMessage } from '#src/messages/send-thread-message.ts'
import { toThreadMessage } from '#src/messages/thread-message.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Send a message to a thread',
  description: 'A repeated `client_msg_id` is refused, with the stored message under `message`.',
  params: Type.Object({ id: Id }),
  body: SendThreadMessageBody,
  response: { 201: ThreadMessage }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: ThreadNotFound, idempotency: 'by-handler' } }, async (request, reply) => {
    const { user, params, body } = request
    const keyed = keyedSend(request, toThreadMessage)
    const input = {
      thread_id: params.id,
      sender_id: user.id,
      body: body.body,
      client_msg_id: body.client_msg_id ?? null,
      keyed
    }
    const outcome = await sendThreadMessage(app.chat, input)
    if ('replayed' in outcome) return replyReplayed(request, reply, outcome)
    if (keyed !== undefined) return replyStored(request, reply, keyed, outcome.message)
    return reply.code(201).send(toThreadMessage(outcome.message))
  })
}
export default route
