import { type QueryExecutorProvider, sql } from 'kysely'
import type { Logger } from 'pino'
import type { SystemClock } from '../runtime.ts'

const everyMs = 10_000
/** A difference that nobody notices is no reason to jump. */
const toleranceMs = 50
/** An answer that took longer says too little about the time. */
const maxRoundTripMs = 1_000

/**
 * Sets the process's clock by the database's, now and every 10 s. All replicas of all services then agree about what
 * time it is, however wrong the clocks of their hosts are. Resolves after the first attempt; the return value ends it.
 */
export async function followDatabaseClock(
  clock: SystemClock,
  db: QueryExecutorProvider,
  log: Logger
): Promise<() => void> {
  const look = async () => {
    try {
      const askedAt = performance.now()
      const timeMs = await readDatabaseTime(db)
      const tookMs = performance.now() - askedAt
      if (timeMs !== undefined && tookMs <= maxRoundTripMs) clock.set(timeMs + tookMs / 2, toleranceMs + tookMs)
    } catch (error) {
      log.debug({ err: error }, 'the database could not be asked for the time; the clock counts on')
    }
  }
  await look()
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** The database's time now, in milliseconds since the epoch. */
async function readDatabaseTime(db: QueryExecutorProvider): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db)
  return rows[0]?.ms
}
