import { type EventOf, MatchEnded } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'
import { deleteLikesBetween, deleteLikesOf } from './likes.repository.ts'
import { deleteMatchesOf, type Match, type Pair, updateEnded } from './matches.repository.ts'

type Reason = EventOf<typeof MatchEnded>['data']['reason']

/** Ends the match of a locked pair, and what led to it. Returns false when the two do not match. */
export async function endMatch(
  trx: Transaction<PeopleDatabase>,
  end: { pair: Pair; reason: 'unmatched' | 'blocked'; actorId?: string; now: Date }
): Promise<boolean> {
  const { pair, reason, actorId, now } = end
  await deleteLikesBetween(trx, pair)
  const ended = await updateEnded(trx, { pair, status: reason, now })
  if (ended !== undefined) await publishEnded(trx, [ended], { reason, actorId })
  return ended !== undefined
}

/** Ends all matches of a person who is being erased, and deletes their likes. */
export async function endMatchesOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await deleteLikesOf(trx, userId)
  const matches = await deleteMatchesOf(trx, userId)
  const ended = matches.filter(({ status }) => status === 'matched')
  await publishEnded(
    trx,
    ended.map((match) => ({ ...match, version: match.version + 1 })),
    { reason: 'deleted' }
  )
}

async function publishEnded(
  trx: Transaction<PeopleDatabase>,
  matches: readonly Match[],
  { reason, actorId }: { reason: Reason; actorId?: string | undefined }
) {
  await recordEvents(
    trx,
    MatchEnded,
    matches.map(({ id, user1_id, user2_id, version }) => ({
      subject: id,
      data: { match_id: id, user_ids: [user1_id, user2_id], version, reason, ...(actorId && { actor_id: actorId }) }
    }))
  )
}
