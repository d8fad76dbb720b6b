import { setTimeout as wait } from 'node:timers/promises'
import type { QueryExecutorProvider } from 'kysely'
import type { Runtime } from '../runtime.ts'
import { IdempotencyConflict, IdempotencyKeyReused } from './errors.ts'
import { type Claim, claimKey, findKey, type KeyScope, type StoredAnswer } from './idempotency.repository.ts'

/** How long an answer is kept. */
const keptMs = 24 * 3_600_000
/** A claim without an answer after this time: its process died. No call runs so long. */
const abandonedMs = 30_000
/** How long a repetition waits for the first call. */
export const waitMs = 10_000
const pollMinMs = 25
const pollMaxMs = 250

/** The right to run, or the answer of whoever ran before. */
export type Turn = { claim: Claim } | { answer: StoredAnswer }

/**
 * Waits for the right to run a request, or for the answer of the first one with its key.
 * @throws IdempotencyKeyReused when the key was used for another request
 * @throws IdempotencyConflict when the first call still runs after the wait
 */
export async function awaitTurn(
  parts: { db: QueryExecutorProvider; runtime: Runtime; waitMs: number },
  request: KeyScope & { requestHash: string }
): Promise<Turn> {
  const claim = { ...request, claimId: parts.runtime.newId() }
  const deadline = performance.now() + parts.waitMs
  for (let pause = pollMinMs; ; pause = Math.min(pause * 2, pollMaxMs)) {
    if (await claimKey(parts.db, claim, timesAt(parts.runtime.clock.now()))) return { claim }
    const found = await findKey(parts.db, request)
    if (found !== undefined && found.requestHash !== request.requestHash) throw new IdempotencyKeyReused()
    if (found?.answer !== undefined) return { answer: found.answer }
    if (performance.now() + pause > deadline) throw new IdempotencyConflict()
    await wait(pause)
  }
}

function timesAt(now: Date) {
  const at = (ms: number) => new Date(now.getTime() + ms)
  return { now, expiresAt: at(keptMs), abandonedBefore: at(-abandonedMs) }
}
