import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChallengeRow, SessionsDatabase } from '#src/schema.ts'

/** The most challenges there may be: the list has no pages. */
export const maxChallenges = 500

/** Every challenge, the easiest first. */
export async function listChallenges(db: Kysely<SessionsDatabase>): Promise<ChallengeRow[]> {
  return db.selectFrom('challenges').selectAll().orderBy('points').orderBy('id').limit(maxChallenges).execute()
}

/** Returns those of these challenges that exist. */
export async function findChallenges(
  db: Kysely<SessionsDatabase>,
  ids: readonly string[]
): Promise<Map<string, ChallengeRow>> {
  const rows = await db.selectFrom('challenges').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Counts the challenges; none is added by others until the transaction ends. */
export async function lockAndCountChallenges(trx: Transaction<SessionsDatabase>): Promise<number> {
  await sql`lock table challenges in share row exclusive mode`.execute(trx)
  const { count } = await trx
    .selectFrom('challenges')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export async function insertChallenge(db: Kysely<SessionsDatabase>, row: ChallengeRow): Promise<void> {
  await db.insertInto('challenges').values(row).execute()
}
