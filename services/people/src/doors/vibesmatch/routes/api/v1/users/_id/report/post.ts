import { DirectReportBody, DirectReportSubmitted, Id, Success } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { UserNotFound } from '#src/errors.ts'
import { reportUser } from '#src/reports/report-user.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Report a person to the administrators',
  description:
    'Keeps the last messages that the person wrote to you with the report. The person is not notified. People across a block ' +
    'can be reported too.',
  params: Type.Object({ id: Id }),
  body: DirectReportBody,
  response: { 201: Success(DirectReportSubmitted) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const config = { notFound: UserNotFound, idempotency: 'late' as const }
  app.post('', { schema, config }, async ({ user, params, body }, reply) => {
    const report_id = await reportUser(app.people, {
      reporterId: user.id,
      reportedId: params.id,
      reason: body.reason,
      description: body.description || null
    })
    const data = { message: 'Report submitted successfully', report_id }
    return reply.code(201).send({ success: true as const, data })
  })
}
export default route
