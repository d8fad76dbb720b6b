import type { FastifyInstance } from 'fastify'
import { cleanUpReading } from '#src/reading/clean-up-reading.ts'

const everyMs = 3_600_000

/** Deletes old read marks and answers every hour. */
export async function cleanup(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => {
    cleanUpReading(app.notifications.store.db).catch((error: unknown) =>
      app.logger.warn({ err: error }, 'old read marks could not be deleted')
    )
  }, everyMs)
  timer.unref()
  app.addHook('onClose', async () => clearInterval(timer))
}
