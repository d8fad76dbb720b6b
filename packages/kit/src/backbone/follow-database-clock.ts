import { type QueryExecutorProvider, sql } from 'kysely'
import type { Logger } from 'pino'
import type { SystemClock } from '../runtime.ts'

const everyMs = 10_000
/** Smaller differences are not corrected. */
const toleranceMs = 50
/** A reading that took longer is too inaccurate to use. */
const maxRoundTripMs = 1_000

/**
 * Sets the process's clock to the database's, now and every 10 s, so that all replicas of all services agree about the
 * time even if the clocks of their hosts are wrong. Resolves after the first attempt, to a function that stops it.
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
