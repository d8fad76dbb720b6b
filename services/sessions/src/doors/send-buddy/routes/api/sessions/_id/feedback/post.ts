import { FeedbackAccepted, GiveFeedbackBody, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { SessionNotFound } from '#src/errors.ts'
import { giveFeedback } from '#src/feedback/give-feedback.ts'

const schema = {
  tags: ['Send Buddy: feedback'],
  summary: 'Rate the other person of a completed session',
  description: 'Once per person and session. It is never shown to the other person.',
  params: Type.Object({ id: Id }),
  body: GiveFeedbackBody,
  response: { 201: FeedbackAccepted }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { notFound: SessionNotFound } }, async ({ params, body, user }, reply) => {
    const id = newId()
    await giveFeedback(app.sessions.store, {
      ...body,
      notes: body.notes ?? '',
      id,
      sessionId: params.id,
      authorId: user.id,
      now: clock.now()
    })
    return reply.code(201).send({ message: 'Feedback submitted', feedback_id: id })
  })
}
export default route
