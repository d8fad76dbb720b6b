import { Id, SendThreadMessageBody, ThreadMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { sendThreadMessage } from '#src/messages/send-thread-message.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Send a message to a thread',
  description: 'A repeated `client_msg_id` is refused, with the stored message under `message`.',
  params: Type.Object({ id: Id }),
  body: SendThreadMessageBody,
  response: { 201: ThreadMessage }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: ThreadNotFound } }, async ({ user, params, body }, reply) => {
    const input = {
      thread_id: params.id,
      sender_id: user.id,
      body: body.body,
      client_msg_id: body.client_msg_id ?? null
    }
    return reply.code(201).send(await sendThreadMessage(app.chat, input))
  })
}
export default route
