import { MatchCreated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'
import { type Pair, upsertMatch } from './matches.repository.ts'

/** Makes a locked pair match and publishes it, unless the two match already. */
export async function startMatch(
  trx: Transaction<PeopleDatabase>,
  match: { id: string; pair: Pair; actorId: string; now: Date }
): Promise<void> {
  const started = await upsertMatch(trx, match)
  if (started === undefined) return
  await recordEvent(trx, MatchCreated, {
    subject: started.id,
    data: {
      match_id: started.id,
      user_ids: [started.user1_id, started.user2_id],
      version: started.version,
      actor_id: match.actorId,
      created_at: started.created_at.toISOString()
    }
  })
}
