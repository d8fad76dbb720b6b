import { Done, Id, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/vibesmatch/errors.ts'
import { RequestNotFound } from '#src/errors.ts'
import { cancelAsSender } from '#src/message-requests/answer-request.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'Cancel a message request',
  description: 'By its sender, while it is pending.',
  params: Type.Object({ id: Id }),
  response: { 200: Success(Done) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { notFound: RequestNotFound, errors: [400, 403] } }, async ({ user, params }) => {
    const cancelled = await cancelAsSender(app.chat, { requestId: params.id, userId: user.id })
    if (!cancelled.ok) throw toError(cancelled)
    return { success: true as const, data: { message: 'Request cancelled successfully' } }
  })
}
export default route
