import { type Kysely, sql, type Transaction } from 'kysely'
import type { FeedbackRow, SessionsDatabase } from '#src/schema.ts'

/** False, and nothing is written, when this author has rated this session before. */
export async function insertFeedback(trx: Transaction<SessionsDatabase>, row: FeedbackRow): Promise<boolean> {
  const inserted = await trx
    .insertInto('feedback')
    .values(row)
    .onConflict((conflict) => conflict.columns(['session_id', 'author_id']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Returns the number and averages of a person's ratings. Averages are rounded to two places, and 0 without ratings. */
export async function findFeedbackTotals(db: Kysely<SessionsDatabase>, subjectId: string) {
  const average = (column: 'safety_rating' | 'communication_rating' | 'overall_rating') =>
    sql<number>`coalesce(round(avg(${sql.ref(column)}), 2), 0)`
  const having = (stars: number) => sql<number>`count(*) filter (where overall_rating = ${stars})`
  return db
    .selectFrom('feedback')
    .select((select) => [
      select.fn.countAll<number>().as('total'),
      average('safety_rating').as('safety'),
      average('communication_rating').as('communication'),
      average('overall_rating').as('overall'),
      having(1).as('one'),
      having(2).as('two'),
      having(3).as('three'),
      having(4).as('four'),
      having(5).as('five')
    ])
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow()
}

/** Deletes the feedback that this person gave and received. */
export async function deleteFeedbackOf(trx: Transaction<SessionsDatabase>, userId: string): Promise<void> {
  await trx
    .deleteFrom('feedback')
    .where((where) => where.or([where('author_id', '=', userId), where('subject_id', '=', userId)]))
    .execute()
}
