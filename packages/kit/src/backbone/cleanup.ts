import type { QueryExecutorProvider } from 'kysely'
import type { Logger } from 'pino'
import { deleteExpiredAnswers } from '../commands/answers.repository.ts'
import { deleteWindows } from '../limits/limits.repository.ts'
import type { Clock } from '../runtime.ts'

const everyMs = 3_600_000
const batchSize = 1_000
/** No window is longer than a day. */
const windowsKeptMs = 2 * 24 * 3_600_000

/** Deletes expired idempotency keys and old windows of limits in small statements. Returns the number of deleted rows. */
export async function cleanUp(db: QueryExecutorProvider, now: Date): Promise<number> {
  const old = new Date(now.getTime() - windowsKeptMs)
  const keys = await inBatches(() => deleteExpiredAnswers(db, batchSize))
  return keys + (await inBatches(() => deleteWindows(db, old, batchSize)))
}

/** Cleans up every hour. Returns a function that stops it. */
export function startCleanup(db: QueryExecutorProvider, clock: Clock, log: Logger): () => void {
  const timer = setInterval(() => {
    cleanUp(db, clock.now()).catch((error: unknown) => log.warn({ err: error }, 'cleaning up failed'))
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

async function inBatches(deleteSome: () => Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    const deleted = await deleteSome()
    total += deleted
    if (deleted < batchSize) return total
  }
}
