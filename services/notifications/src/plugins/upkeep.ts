import type { FastifyInstance } from 'fastify'
import { forgetOldReading } from '#src/reading/forget-old-reading.ts'

const everyMs = 3_600_000

/** Deletes every hour what reading needs no longer. */
export async function upkeep(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => {
    forgetOldReading(app.inbox.store.db).catch((error: unknown) =>
      app.logger.warn({ err: error }, 'old read marks could not be deleted')
    )
  }, everyMs)
  timer.unref()
  app.addHook('onClose', async () => clearInterval(timer))
}
