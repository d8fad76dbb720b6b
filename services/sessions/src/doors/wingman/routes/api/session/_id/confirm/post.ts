import { Id, SessionConfirmed, SessionConfirmRequest } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { confirmBuddy } from '#src/buddy-sessions/confirm-buddy.ts'
import { confirmationMessage, previewOf } from '#src/doors/wingman/present.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'Confirm that the buddy completed their challenge',
  description:
    'From the scheduled time on. When both have confirmed, the session is completed and both get their points.',
  params: Type.Object({ id: Id }),
  body: SessionConfirmRequest,
  response: { 200: SessionConfirmed }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { errors: [400, 403, 404] } }, async ({ params, body, user }) => {
    const { session, points } = await confirmBuddy(app.sessions.store, {
      sessionId: params.id,
      userId: user.id,
      buddyId: body.buddy_user_id,
      now: app.runtime.clock.now()
    })
    const { status, user1_confirmed_by_user2, user2_confirmed_by_user1 } = session
    const isCompleted = status === 'completed'
    return {
      success: true as const,
      message: confirmationMessage(isCompleted),
      session_status: status,
      both_confirmed: isCompleted,
      session_completed: isCompleted,
      updated_confirmations: { user1_confirmed_by_user2, user2_confirmed_by_user1 },
      reputation_preview: previewOf(points)
    }
  })
}
export default route
