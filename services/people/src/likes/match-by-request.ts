import type { Transaction } from 'kysely'
import { startMatch } from '#src/matches/start-match.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { lockPair } from '#src/users/users.repository.ts'
import { werePartedSince } from './parted.ts'

/** Makes the two people of an accepted message request match, unless a block or the end of their match came after it. */
export async function matchByRequest(
  trx: Transaction<PeopleDatabase>,
  request: { conversation_id: string; sender_id: string; receiver_id: string },
  times: { acceptedAt: Date; now: Date }
): Promise<void> {
  const pair = [request.sender_id, request.receiver_id] as const
  if (!(await lockPair(trx, ...pair))) return
  if (await werePartedSince(trx, pair, times.acceptedAt)) return
  await startMatch(trx, { id: request.conversation_id, pair, actorId: request.receiver_id, now: times.now })
}
