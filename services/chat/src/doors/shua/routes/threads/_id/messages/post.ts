import { Id, SendThreadMessageBody, ThreadMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { replyToSend } from '#src/doors/reply-to-send.ts'
import { sendReplies } from '#src/doors/shua/send-replies.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Send a message to a thread',
  description: 'A repeated `client_msg_id` is refused, with the stored message under `message`.',
  params: Type.Object({ id: Id }),
  body: SendThreadMessageBody,
  response: { 201: ThreadMessage }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    { schema, config: { notFound: ThreadNotFound, idempotency: 'by-handler', accountCheck: 'on-failure' } },
    async (request, reply) => {
      const { body, client_msg_id = null } = request.body
      const message = { thread_id: request.params.id, body, client_msg_id }
      return replyToSend(request, reply, message, sendReplies)
    }
  )
}
export default route
