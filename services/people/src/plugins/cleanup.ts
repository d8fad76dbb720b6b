import fp from 'fastify-plugin'
import { addContexts } from '#src/reports/report-context.ts'
import { cleanUpSignIns } from '#src/sign-ins/clean-up-sign-ins.ts'

const keysEveryMs = 30_000
const signInsEveryMs = 3_600_000
const reportsEveryMs = 10_000

/** Rotates signing keys when they are due, deletes expired sign-ins and completes reports. Keys are also rotated before the first call. */
export const cleanup = fp(
  async (app) => {
    const { people, logger } = app

    function every(ms: number, task: string, work: () => Promise<unknown>): void {
      const timer = setInterval(() => {
        work().catch((error: unknown) => logger.warn({ err: error, task }, 'cleanup failed and will be retried'))
      }, ms)
      timer.unref()
      app.addHook('onClose', async () => clearInterval(timer))
    }

    await people.keys.rotateIfDue()
    every(keysEveryMs, 'signing keys', () => people.keys.rotateIfDue())
    every(signInsEveryMs, 'sign-ins', () => cleanUpSignIns(people))
    every(reportsEveryMs, 'reports', () => addContexts(people))
  },
  { name: 'people.cleanup', dependencies: ['people.context'] }
)
