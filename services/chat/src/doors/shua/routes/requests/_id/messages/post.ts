import { Id, SendThreadMessageBody, ThreadMessage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendAboutRequest } from '#src/contexts/send-about-request.ts'
import { RequestNotFound } from '#src/errors.ts'
import { replyToSend } from '#src/doors/reply-to-send.ts'
import { sendReplies } from '#src/doors/shua/send-replies.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Write in the thread that belongs to a request',
  description: 'The host may write before accepting; this opens a thread that both see.',
  params: Type.Object({ id: Id }),
  body: SendThreadMessageBody,
  response: { 201: ThreadMessage }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: RequestNotFound, idempotency: 'by-handler' } }, async (request, reply) => {
    const { body, client_msg_id = null } = request.body
    const message = { thread_id: request.params.id, body, client_msg_id }
    return replyToSend(request, reply, message, sendReplies, sendAboutRequest)
  })
}
export default route
