import type { FeedbackStats } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'
import { findFeedbackTotals } from './feedback.repository.ts'

/** What others gave this person, without saying who gave what. */
export async function getFeedbackStats(
  db: Kysely<SessionsDatabase>,
  userId: string
): Promise<Static<typeof FeedbackStats>> {
  const totals = await findFeedbackTotals(db, userId)
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
}
