import { Id, MarkThreadReadBody, ThreadMarkedRead } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { markThreadRead } from '#src/read-marks/mark-thread-read.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Mark the messages of a thread as read',
  description: 'A mark never moves backwards, and at most to the end.',
  params: Type.Object({ id: Id }),
  body: MarkThreadReadBody,
  response: { 200: ThreadMarkedRead }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: ThreadNotFound } }, async ({ user, params, body }) => {
    await markThreadRead(app.chat, { threadId: params.id, readerId: user.id, lastReadSeq: body.last_read_seq })
    return { status: 'success' as const }
  })
}
export default route
