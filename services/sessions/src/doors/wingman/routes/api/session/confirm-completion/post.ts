import { CompletionConfirmed, ConfirmCompletionBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { confirmBuddy } from '#src/buddy-sessions/confirm-buddy.ts'
import { confirmationMessage } from '#src/doors/wingman/present.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'Confirm that a session took place',
  description: 'The same as confirming the buddy, by the call that clients of the original use.',
  body: ConfirmCompletionBody,
  response: { 200: CompletionConfirmed }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { errors: [400, 403, 404] } }, async ({ body, user }) => {
    const { session } = await confirmBuddy(app.sessions.store, {
      sessionId: body.session_id,
      userId: user.id,
      now: app.runtime.clock.now()
    })
    const isCompleted = session.status === 'completed'
    return {
      success: true as const,
      message: confirmationMessage(isCompleted),
      both_confirmed: isCompleted,
      reputation_updated: isCompleted,
      session_status: session.status
    }
  })
}
export default route
