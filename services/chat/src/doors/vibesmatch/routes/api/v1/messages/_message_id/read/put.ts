import { Id, ReadResult, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/vibesmatch/errors.ts'
import { MessageNotFound } from '#src/errors.ts'
import { markMessageRead } from '#src/conversations/mark-message-read.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'Mark a message as read',
  description: 'And everything before it. `read_at` is when the caller, who received it, first read it.',
  params: Type.Object({ message_id: Id }),
  response: { 200: Success(ReadResult) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.put('', { schema, config: { notFound: MessageNotFound } }, async ({ params, user }) => {
    const marked = await markMessageRead(app.chat, { userId: user.id, messageId: params.message_id })
    if (!marked.ok) throw toError(marked)
    const read_at = marked.readAt.toISOString()
    return { success: true as const, data: { message: 'Message marked as read', read_at } }
  })
}
export default route
