import { ListRequests } from '@belay/contracts'
import { isUnavailable } from '@belay/kit'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { copyRequests } from '#src/gatherings/copy-requests.ts'

const retryMs = 2_000

/** Copies from sessions, once and behind everything else, the requests that were made before chat kept them. */
export const requestCopy = fp(
  async (app) => {
    let timer: NodeJS.Timeout | undefined
    let stopped = false
    let running = Promise.resolve()
    const copyAndSchedule = () => {
      running = copyAll(app, () => stopped).then((done) => {
        if (!done && !stopped) timer = setTimeout(copyAndSchedule, retryMs)
      })
    }
    app.addHook('onReady', async () => copyAndSchedule())
    app.addHook('preClose', async () => {
      stopped = true
      clearTimeout(timer)
      await running
    })
  },
  { name: 'chat.request-copy', dependencies: ['chat.context'] }
)

async function copyAll(app: FastifyInstance, isStopped: () => boolean): Promise<boolean> {
  const { store, bus } = app.chat
  try {
    while (!isStopped()) if (await copyRequests(store, (page) => bus.ask(ListRequests, page))) return true
  } catch (error) {
    app.logger[isUnavailable(error) ? 'debug' : 'error']({ err: error }, 'older requests could not be copied')
  }
  return false
}
