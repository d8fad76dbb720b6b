import { BuddyMessageSent, type Message, SendBuddyMessageBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { replyToSend } from '#src/doors/reply-to-send.ts'
import { toError } from '#src/doors/wingman/errors.ts'

const schema = {
  tags: ['Wingman: chat'],
  summary: "Send a message in a match's conversation",
  description: 'Two messages a second and 100 an hour, together with those over other APIs and sockets.',
  body: SendBuddyMessageBody,
  response: { 201: BuddyMessageSent }
}

const present = ({ id, created_at }: Message) => ({ success: true as const, message_id: id, created_at })

const route: FastifyPluginAsyncTypebox = async (app) => {
  const replies = { present, presentRepeated: present, toError, limit: 'socket' } as const
  const config = { idempotency: 'by-handler', errors: [400, 403, 404] } as const
  app.post('', { schema, config }, async (request, reply) => {
    const { match_id, message } = request.body
    // This API has the limit by the second that sockets have.
    const input = { thread_id: match_id, body: message, client_msg_id: null, from_socket: true }
    return replyToSend(request, reply, input, replies)
  })
}
export default route
