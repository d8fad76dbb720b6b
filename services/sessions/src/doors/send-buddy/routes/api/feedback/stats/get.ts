import { FeedbackStats } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { findFeedbackTotals } from '#src/feedback/feedback.repository.ts'

const schema = {
  tags: ['Send Buddy: feedback'],
  summary: 'The number and averages of the ratings that the caller received',
  description: 'Averages and the number of each rating. Who gave which rating stays hidden.',
  response: { 200: FeedbackStats }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user }) => {
    const totals = await findFeedbackTotals(app.sessions.store.db, user.id)
    return {
      total_ratings: totals.total,
      average_safety: totals.safety,
      average_communication: totals.communication,
      average_overall: totals.overall,
      distribution: {
        '1_stars': totals.one,
        '2_stars': totals.two,
        '3_stars': totals.three,
        '4_stars': totals.four,
        '5_stars': totals.five
      }
    }
  })
}
export default route
