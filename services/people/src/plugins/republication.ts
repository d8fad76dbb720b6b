import { isUnavailable } from '@belay/kit'
import fp from 'fastify-plugin'
import { republish } from '#src/republication/republish.ts'

const retryMs = 2_000

/** Publishes accounts and blocks once more after an upgrade, a page at a time and behind everything else. */
export const republication = fp(
  async (app) => {
    let timer: NodeJS.Timeout | undefined
    let stopped = false
    let running = Promise.resolve()
    const republishAll = async () => {
      try {
        while (!stopped) if (await republish(app.people)) return
      } catch (error) {
        app.logger[isUnavailable(error) ? 'debug' : 'error'](
          { err: error },
          'accounts could not be published once more'
        )
        if (!stopped) timer = setTimeout(start, retryMs)
      }
    }
    const start = () => {
      running = republishAll()
    }
    app.addHook('onReady', async () => start())
    app.addHook('preClose', async () => {
      stopped = true
      clearTimeout(timer)
      await running
    })
  },
  { name: 'people.republication', dependencies: ['people.context'] }
)
