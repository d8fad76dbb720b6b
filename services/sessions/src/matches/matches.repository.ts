import type { Transaction } from 'kysely'
import type { MatchRow, SessionsDatabase } from '#src/schema.ts'

/** Stores a match unless a later state of it is known; then returns false. */
export async function upsertMatch(trx: Transaction<SessionsDatabase>, row: MatchRow): Promise<boolean> {
  const { active, version } = row
  const stored = await trx
    .insertInto('matches')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ active, version }).where('matches.version', '<', version)
    )
    .returning('id')
    .executeTakeFirst()
  return stored !== undefined
}

/** The match, which cannot end before the transaction does. */
export async function holdMatch(trx: Transaction<SessionsDatabase>, id: string): Promise<MatchRow | undefined> {
  return trx.selectFrom('matches').selectAll().where('id', '=', id).forShare().executeTakeFirst()
}
