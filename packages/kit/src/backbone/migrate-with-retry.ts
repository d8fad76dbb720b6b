import { setTimeout as wait } from 'node:timers/promises'
import { isDatabaseUnavailable, migrate, type MigrateOptions } from '@belay/db'
import type { Logger } from 'pino'

const patienceMs = 30_000
const pauseMs = 500

/** Migrates; waits up to 30 s for a database that is unavailable. */
export async function migrateWithRetry(options: MigrateOptions, log: Logger): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      const ran = await migrate(options)
      if (ran.length > 0) log.info({ migrations: ran }, 'migrated')
      return
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() + pauseMs > deadline) throw error
      log.warn({ err: error }, 'waiting for the database')
    }
    await wait(pauseMs)
  }
}
