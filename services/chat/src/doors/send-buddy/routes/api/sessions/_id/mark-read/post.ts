import { Id, MarkSessionReadBody, SessionMarkedRead } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { SessionNotFound } from '#src/errors.ts'
import { toError } from '#src/doors/send-buddy/errors.ts'
import { markRead } from '#src/read-marks/mark-read.ts'

const schema = {
  tags: ['Send Buddy: chat'],
  summary: 'Mark the messages of a session as read',
  description: 'Up to `last_read_seq`, or all of them. A mark never moves backwards.',
  params: Type.Object({ id: Id }),
  body: Type.Optional(MarkSessionReadBody),
  response: { 200: SessionMarkedRead }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: SessionNotFound } }, async (request) => {
    const marked = await markRead(app.chat, {
      threadId: request.params.id,
      userId: request.user.id,
      lastReadSeq: request.body?.last_read_seq
    })
    if (!marked.ok) throw toError(marked)
    return { message: 'Messages marked as read' as const, unread_count: marked.unread_count }
  })
}
export default route
