import { Id, ReportBody, ReportSubmitted } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { UserNotFound } from '#src/errors.ts'
import { reportUser } from '#src/reports/report-user.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Report a person to the administrators (Send Buddy)',
  description: 'The person is not notified. People across a block can be reported too.',
  params: Type.Object({ id: Id }),
  body: ReportBody,
  response: { 201: ReportSubmitted }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    { schema, config: { notFound: UserNotFound, idempotency: 'late' } },
    async ({ user, params, body }, reply) => {
      const report_id = await reportUser(app.people, {
        reporterId: user.id,
        reportedId: params.id,
        reason: body.reason,
        description: body.description || null
      })
      return reply.code(201).send({ message: 'Report submitted successfully', report_id })
    }
  )
}
export default route
