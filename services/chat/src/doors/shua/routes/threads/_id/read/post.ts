import { Id, MarkThreadReadBody, ThreadMarkedRead } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/shua/errors.ts'
import { ThreadNotFound } from '#src/errors.ts'
import { markRead } from '#src/read-marks/mark-read.ts'

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
    const mark = { threadId: params.id, userId: user.id, lastReadSeq: body.last_read_seq }
    const marked = await markRead(app.chat, mark)
    if (!marked.ok) throw toError(marked)
    return { status: 'success' as const }
  })
}
export default route
