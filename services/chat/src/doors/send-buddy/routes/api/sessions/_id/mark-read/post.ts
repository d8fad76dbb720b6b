import { Id, MarkSessionReadBody, SessionMarkedRead } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { SessionNotFound } from '#src/errors.ts'
import { markSessionRead } from '#src/read-marks/mark-session-read.ts'

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
    const mark = await markSessionRead(app.chat, {
      sessionId: request.params.id,
      readerId: request.user.id,
      lastReadSeq: request.body?.last_read_seq
    })
    return { message: 'Messages marked as read' as const, unread_count: mark.unread_count }
  })
}
export default route
