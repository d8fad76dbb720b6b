import fp from 'fastify-plugin'
import { forgetExpired } from '#src/sign-ins/forget-expired.ts'

const keysEveryMs = 30_000
const signInsEveryMs = 3_600_000

/** What has to happen without anybody calling: keys are rotated, and sign-ins that are over are forgotten. */
export default fp(
  async (app) => {
    const { people, logger } = app

    function every(ms: number, task: string, work: () => Promise<unknown>): void {
      const timer = setInterval(() => {
        work().catch((error: unknown) => logger.warn({ err: error, task }, 'upkeep failed and will be tried again'))
      }, ms)
      timer.unref()
      app.addHook('onClose', async () => clearInterval(timer))
    }

    await people.keys.tend()
    every(keysEveryMs, 'signing keys', () => people.keys.tend())
    every(signInsEveryMs, 'sign-ins', () => forgetExpired(people))
  },
  { name: 'people.upkeep', dependencies: ['people.people'] }
)
