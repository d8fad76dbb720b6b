import { setTimeout as wait } from 'node:timers/promises'
import type { QueryExecutorProvider } from 'kysely'
import { type Claim, releaseKey } from './idempotency.repository.ts'

const pauseMs = 500
/** Then the claim can be taken over anyway. */
const tries = 60
/** Claims that wait for the database; more are left to end by themselves, so that an outage fills no memory. */
const mostWaiting = 200
let waiting = 0

/**
 * Gives a claim back. Often the call failed because the database is away: then the answer does not wait, and the claim
 * is given back when the database is, so that the call can be tried again at once.
 */
export async function releasePatiently(db: QueryExecutorProvider, claim: Claim): Promise<void> {
  try {
    await releaseKey(db, claim)
  } catch {
    if (waiting >= mostWaiting) return
    waiting += 1
    void releaseLater(db, claim).finally(() => (waiting -= 1))
  }
}

async function releaseLater(db: QueryExecutorProvider, claim: Claim): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    await wait(pauseMs, undefined, { ref: false })
    const isReleased = await releaseKey(db, claim).then(
      () => true,
      () => false
    )
    if (isReleased) return
  }
}
