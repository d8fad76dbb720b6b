import { Type } from 'typebox'
import { createServer, runService, serverConfigSchema } from '../../src/index.ts'

/** A whole service, for tests of its process. */
const schema = Type.Object({ ...serverConfigSchema.properties, GREETING: Type.String({ minLength: 2 }) })

await runService(async (config) => {
  const app = createServer({ service: 'greeter', config })
  const slow = Promise.withResolvers<void>()
  app.get('/api/greet', { config: { auth: 'none' } }, async () => ({ greeting: config.GREETING }))
  app.get('/api/slow', { config: { auth: 'none' } }, async () => {
    app.logger.info('slow call began')
    await slow.promise
    return { greeting: config.GREETING }
  })
  // The slow call ends once the process receives the signal to stop.
  app.addHook('preClose', async () => void setTimeout(() => slow.resolve(), 100))
  app.get('/api/crash', async () => void setImmediate(() => Promise.reject(new Error('uncaught in a callback'))))
  app.addHook('onListen', async () => app.logger.info({ addresses: app.addresses() }, 'listening'))
  app.addHook('onClose', async () => app.logger.info('closed'))
  return app
}, schema)
