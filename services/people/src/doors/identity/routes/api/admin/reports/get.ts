import { ListReportsQuery, Page, Report } from '@belay/contracts'
import { presentPage, readPage, requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentReport } from '#src/doors/identity/present-report.ts'
import { countReports, listReportViews } from '#src/reports/reports.repository.ts'

const schema = {
  tags: ['Administration'],
  summary: 'List what people reported, the newest first',
  description: 'Reports by and of erased accounts are gone.',
  querystring: ListReportsQuery,
  response: { 200: Page(Report) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { db } = app.people.store
  app.get('', { schema, config: { auth: 'admin' } }, async (request) => {
    const { status, ...page } = request.query
    const reports = await readPage(page, {
      count: () => countReports(db, status),
      list: (range) => listReportViews(db, status, range)
    })
    return presentPage(reports, requestUrl(request), presentReport)
  })
}
export default route
