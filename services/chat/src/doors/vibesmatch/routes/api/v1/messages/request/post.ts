import { MessageRequestBody, MessageRequestSentResult, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { toError } from '#src/doors/vibesmatch/errors.ts'
import { sendRequest } from '#src/message-requests/send-request.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'Ask a person to chat',
  description:
    'One request at a time may wait between two people. If the other has asked the caller, this accepts their request, ' +
    'and the text becomes the first reply.',
  body: MessageRequestBody,
  response: { 201: Success(MessageRequestSentResult) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { errors: [403, 404, 409, 429] } }, async ({ user, body }, reply) => {
    const { receiver_id: receiverId, content } = body
    const sent = await sendRequest(app.chat, { senderId: user.id, receiverId, content })
    if (!sent.ok) throw toError(sent)
    const { requestId: request_id, messageId: message_id, status, conversationId } = sent
    const isAccepted = status === 'accepted'
    const message = isAccepted ? 'Message request accepted' : 'Message request sent successfully'
    const opened = isAccepted && { conversation_id: conversationId, match_id: conversationId }
    const data = { request_id, message_id, message, preview_text: content, status, ...opened }
    return reply.code(201).send({ success: true, data })
  })
}
export default route
