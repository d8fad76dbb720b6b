import type { Store } from '@belay/events'
import { TooManyChallenges } from '#src/errors.ts'
import type { ChallengeRow, SessionsDatabase } from '#src/schema.ts'
import { insertChallenge, lockAndCountChallenges, maxChallenges } from './challenges.repository.ts'

/** Adds a challenge. Throws TooManyChallenges. */
export async function addChallenge(store: Store<SessionsDatabase>, challenge: ChallengeRow): Promise<void> {
  await store.transaction(async (trx) => {
    if ((await lockAndCountChallenges(trx)) >= maxChallenges) throw new TooManyChallenges()
    await insertChallenge(trx, challenge)
  })
}
