import { Id, Report, UpdateReportBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ReportNotFound } from '#src/errors.ts'
import { presentReport } from '#src/doors/identity/present-report.ts'
import { reviewReport } from '#src/reports/review-report.ts'

const schema = {
  tags: ['Administration'],
  summary: 'Change the status or the notes of a report',
  description: 'Only administrators see the notes; null or an empty text removes them.',
  params: Type.Object({ id: Id }),
  body: UpdateReportBody,
  response: { 200: Report }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.patch('', { schema, config: { auth: 'admin', notFound: ReportNotFound } }, async ({ params, body }) =>
    presentReport(await reviewReport(app.people, { reportId: params.id, changes: body }))
  )
}
export default route
