import type { RunOnConnection } from '@belay/db'
import { isUnavailable } from '@belay/kit'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Kysely } from 'kysely'
import { followConnection } from '#src/continuity/follow-connection.ts'
import type { ChatDatabase } from '#src/schema.ts'

export interface ContinuityOptions {
  db: Kysely<ChatDatabase>
  intervalMs: number
}

/**
 * Begins a new epoch of all threads when PostgreSQL is a different server or timeline than before: checks before the
 * process is ready, and then at every interval.
 */
export const continuity = fp<ContinuityOptions>(
  async (app, { db, intervalMs }) => {
    let timer: NodeJS.Timeout | undefined
    let stopped = false
    let running = Promise.resolve()
    const checkAndSchedule = () => {
      running = check(app, db).then(() => {
        if (!stopped) timer = setTimeout(checkAndSchedule, intervalMs)
      })
    }
    app.addHook('onReady', async () => {
      checkAndSchedule()
      await running
    })
    app.addHook('preClose', async () => {
      stopped = true
      clearTimeout(timer)
      await running
    })
  },
  { name: 'chat.continuity' }
)

async function check(app: FastifyInstance, db: Kysely<ChatDatabase>): Promise<void> {
  try {
    const run: RunOnConnection = async (statement) => (await statement.execute(db)).rows
    await followConnection(run, { newId: app.runtime.newId, log: app.logger })
  } catch (error) {
    const log = isUnavailable(error) ? 'debug' : 'error'
    app.logger[log]({ err: error }, 'the timeline of PostgreSQL could not be read')
  }
}
