import { FeedbackStats } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getFeedbackStats } from '#src/feedback/get-feedback-stats.ts'

const schema = {
  tags: ['Send Buddy: feedback'],
  summary: 'What others said about the caller, in figures',
  description: 'Who said what stays hidden: averages and the number of each rating.',
  response: { 200: FeedbackStats }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, ({ user }) => getFeedbackStats(app.plans.store.db, user.id))
}
export default route
