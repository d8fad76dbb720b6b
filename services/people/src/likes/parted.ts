import type { Transaction } from 'kysely'
import { hasBlockSince } from '#src/blocks/blocks.repository.ts'
import { findMatch, type Pair } from '#src/matches/matches.repository.ts'
import type { PeopleDatabase } from '#src/schema.ts'

/** Returns whether a block stands between a locked pair, or a block or the end of their match came at or after a time. */
export async function werePartedSince(trx: Transaction<PeopleDatabase>, pair: Pair, time: Date): Promise<boolean> {
  if (await hasBlockSince(trx, pair, time)) return true
  const match = await findMatch(trx, pair)
  return match !== undefined && match.status !== 'matched' && match.updated_at >= time
}
