import { isUuid, type Message, SendBody, SendResult, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { goesToLog, sendDirect } from '#src/direct-messages/send-direct.ts'
import { toError } from '#src/doors/vibesmatch/errors.ts'
import { replyWithOutcome } from '#src/doors/reply-to-send.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'Send a message to a person',
  description:
    'In an open conversation. To a person whose message request is pending it accepts the request; premium people may ' +
    'write without one. A repeated `client_msg_id` returns the first answer.',
  body: SendBody,
  response: { 201: Success(SendResult) }
}

const replies = { present, presentRepeated: present, repeatedStatus: 201, toError, limit: 'direct' } as const

const route: FastifyPluginAsyncTypebox = async (app) => {
  const config = { idempotency: whereAnswersAreKept, errors: [403, 404, 429] }
  app.post('', { schema, config }, async (request, reply) => {
    const { user, body, headers } = request
    const message = {
      senderId: user.id,
      receiverId: body.receiver_id,
      body: body.content,
      type: body.message_type ?? 'text',
      clientMsgId: body.client_msg_id ?? null
    }
    return replyWithOutcome(request, reply, replies, (keyed) => {
      const isAtomic = keyed === undefined && headers['idempotency-key'] !== undefined
      return sendDirect(app.chat, { ...message, keyed, isAtomic })
    })
  })
}
export default route

/** With the message in the log, or, where the message opens a conversation, with all that it changes. The body is not checked yet. */
async function whereAnswersAreKept({ server, user, body }: FastifyRequest): Promise<'by-handler' | undefined> {
  if (typeof body !== 'object' || body === null || !('receiver_id' in body) || !isUuid(body.receiver_id))
    return undefined
  return (await goesToLog(server.chat, user.id, body.receiver_id)) ? 'by-handler' : undefined
}

function present({ id: message_id, thread_id: conversation_id, created_at, seq }: Message) {
  const data = { message_id, conversation_id, message: 'Message sent successfully', created_at, seq }
  return { success: true as const, data }
}
