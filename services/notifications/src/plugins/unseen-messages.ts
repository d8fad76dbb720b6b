import type { FastifyInstance } from 'fastify'
import { decideDue, dueBatchSize } from '#src/unseen/decide-due.ts'
import type { Drops } from '#src/unseen/drops.ts'
import { makeDue } from '#src/unseen/unseen.repository.ts'

/**
 * Decides again about messages that somebody seemed to see arrive: at every interval about those whose time is over, and
 * at once where a connection turns out to have been dead. Replicas share the work. Stops before the app closes, after
 * the batch in hand.
 */
export async function unseenMessages(
  app: FastifyInstance,
  { drops, intervalMs }: { drops: Drops; intervalMs: number }
): Promise<void> {
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  function look(): void {
    if (running !== undefined || stopping.signal.aborted) return
    clearTimeout(timer)
    running = decideAll(app, drops, stopping.signal).finally(() => {
      running = undefined
      if (!stopping.signal.aborted) timer = setTimeout(look, drops.waiting ? 0 : intervalMs)
    })
  }

  drops.onAdd(look)
  app.addHook('onReady', async () => look())
  app.addHook('preClose', async () => {
    stopping.abort()
    await running
    clearTimeout(timer)
  })
}

async function decideAll(app: FastifyInstance, drops: Drops, stopping: AbortSignal): Promise<void> {
  try {
    // Places come in bursts, when a network goes away: one statement for those of one turn.
    await new Promise(setImmediate)
    const dead = drops.take()
    if (dead.length > 0) await app.inbox.store.transaction((trx) => makeDue(trx, dead))
    while (!stopping.aborted && (await decideDue(app.inbox)) === dueBatchSize);
  } catch (error) {
    app.logger.warn({ err: error }, 'unseen messages could not be looked at; the next look will find them')
  }
}
