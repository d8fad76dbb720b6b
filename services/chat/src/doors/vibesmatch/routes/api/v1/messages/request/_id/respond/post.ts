import { Id, RespondBody, RespondResult, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/vibesmatch/errors.ts'
import { RequestNotFound } from '#src/errors.ts'
import { acceptAsReceiver, declineAsReceiver } from '#src/message-requests/answer-request.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'Accept or decline a message request',
  description: 'Accepting opens the conversation, which begins with the text of the request, and makes the two match.',
  params: Type.Object({ id: Id }),
  body: RespondBody,
  response: { 200: Success(RespondResult) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: RequestNotFound, errors: [403] } }, async ({ user, params, body }) => {
    const answer = { requestId: params.id, userId: user.id }
    if (body.action === 'decline') {
      const declined = await declineAsReceiver(app.chat, answer)
      if (!declined.ok) throw toError(declined)
      return { success: true as const, data: { message: 'Request declined successfully' } }
    }
    const accepted = await acceptAsReceiver(app.chat, answer)
    if (!accepted.ok) throw toError(accepted)
    const { conversationId, isNewMatch } = accepted
    const message = 'Request accepted successfully'
    const data = { message, conversation_id: conversationId, match_created: isNewMatch, match_id: conversationId }
    return { success: true as const, data }
  })
}
export default route
