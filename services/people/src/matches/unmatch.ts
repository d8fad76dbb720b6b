import type { People } from '#src/context.ts'
import { MatchNotFound, NotYourMatch } from '#src/errors.ts'
import { lockPair } from '#src/users/users.repository.ts'
import { endMatch } from './end-match.ts'
import { findMatchById, type Pair } from './matches.repository.ts'

/** Ends a match for both. Throws MatchNotFound, also when it has ended, or NotYourMatch. */
export async function unmatch(people: People, input: { userId: string; matchId: string }): Promise<void> {
  const pair = await findOwnPair(people, input)
  const now = people.clock.now()
  await people.store.transaction(async (trx) => {
    const living = await lockPair(trx, ...pair)
    if (!living || !(await endMatch(trx, { pair, reason: 'unmatched', actorId: input.userId, now })))
      throw new MatchNotFound()
  })
}

/** Returns the two people of a match. Throws MatchNotFound, also when it has ended, or NotYourMatch. */
export async function findOwnPair(people: People, input: { userId: string; matchId: string }): Promise<Pair> {
  const match = await findMatchById(people.store.db, input.matchId)
  if (match === undefined || match.status !== 'matched') throw new MatchNotFound()
  const pair = [match.user1_id, match.user2_id] as const
  if (!pair.includes(input.userId)) throw new NotYourMatch()
  return pair
}
