import type { Store } from '@belay/events'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { SessionsDatabase } from '#src/schema.ts'
import { completeDueSessions, dueBatchSize } from '#src/sessions/complete-due-sessions.ts'

export interface AutoCompletionOptions {
  store: Store<SessionsDatabase>
  intervalMs: number
}

/**
 * Completes due sessions when the process is ready and then at every interval. The first run also completes sessions that
 * fell due while no process ran. Replicas share the work. Stops before the app closes, after the current batch.
 */
export const autoCompletion = fp<AutoCompletionOptions>(
  async (app, { store, intervalMs }) => {
    const stopping = new AbortController()
    let timer: NodeJS.Timeout | undefined
    let running = Promise.resolve()
    const run = () => {
      running = completeAllDue(app, store, stopping.signal).then(() => {
        if (!stopping.signal.aborted) timer = setTimeout(run, intervalMs)
      })
    }
    app.addHook('onReady', async () => run())
    app.addHook('preClose', async () => {
      stopping.abort()
      clearTimeout(timer)
      await running
    })
  },
  { name: 'sessions.auto-completion' }
)

async function completeAllDue(app: FastifyInstance, store: Store<SessionsDatabase>, stopping: AbortSignal) {
  try {
    let completed = dueBatchSize
    while (completed === dueBatchSize && !stopping.aborted) {
      completed = await completeDueSessions(store, app.runtime.clock.now())
      if (completed > 0) app.logger.info({ completed }, 'completed due sessions')
    }
  } catch (error) {
    app.logger.warn({ err: error }, 'due sessions could not be completed; the next run will retry')
  }
}
