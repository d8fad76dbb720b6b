import type { FastifyInstance } from 'fastify'
import { dueBatchSize, notifyOfUnseen } from '#src/notify-of-messages.ts'
import { makeDue } from '#src/unseen/unseen.repository.ts'

/**
 * Decides again about messages whose recipient had a live socket: at every interval about those whose time is over, and
 * at once where a connection turns out to be dead. Replicas share the work. Stops before the app closes, after the
 * current batch.
 */
export async function unseenMessages(app: FastifyInstance, { intervalMs }: { intervalMs: number }): Promise<void> {
  const { deadPlaces } = app.notifications
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  function look(): void {
    if (running !== undefined || stopping.signal.aborted) return
    clearTimeout(timer)
    running = decideAll(app, stopping.signal).finally(() => {
      running = undefined
      if (!stopping.signal.aborted) timer = setTimeout(look, deadPlaces.waiting ? 0 : intervalMs)
    })
  }

  deadPlaces.onAdd(look)
  app.addHook('onReady', async () => look())
  app.addHook('preClose', async () => {
    stopping.abort()
    await running
    clearTimeout(timer)
  })
}

async function decideAll({ notifications, logger }: FastifyInstance, stopping: AbortSignal): Promise<void> {
  try {
    // Places come in bursts, when a network goes away: one statement for those of one turn.
    await new Promise(setImmediate)
    const dead = notifications.deadPlaces.take()
    if (dead.length > 0) await notifications.store.transaction((trx) => makeDue(trx, dead))
    while (!stopping.aborted && (await notifyOfUnseen(notifications)) === dueBatchSize);
  } catch (error) {
    logger.warn({ err: error }, 'unseen messages could not be decided; the next run will find them')
  }
}
