import { ConfigError, loadConfig } from '@belay/config'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import type { Static, TObject } from 'typebox'
import { checkServerConfig } from './server/check-config.ts'
import { type ServerConfig, serverConfigSchema } from './server/server-config.ts'

/** Longest a process takes to stop; then it is cut off. */
const stopWithinMs = 10_000

type App = Pick<FastifyInstance, 'close' | 'health' | 'listen' | 'logger'>

/**
 * The life of a service's process: environment → configuration → app → listening → a graceful stop at a signal or an
 * error that nobody caught. A configuration that is no good is explained on stderr, and the process ends with 1.
 */
export async function runService<S extends TObject>(
  buildApp: (config: Readonly<Static<S>>) => App | Promise<App>,
  configSchema: S
): Promise<void> {
  try {
    const config = loadConfig(configSchema, process.env)
    const { HOST: host, PORT: port } = serverPartOf(config)
    const app = await buildApp(config)
    stopWithGrace(app)
    await app.listen({ host, port })
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  }
}

function serverPartOf(config: object): ServerConfig {
  if (!hasServerPart(config)) throw new TypeError('The schema of a service contains that of a server')
  checkServerConfig(config)
  return config
}

function hasServerPart(config: object): config is ServerConfig {
  return (serverConfigSchema.required ?? []).every((name) => name in config)
}

function stopWithGrace(app: App): void {
  closeWithGrace({ delay: stopWithinMs, logger: app.logger }, async ({ err, signal }) => {
    if (err !== undefined) app.logger.fatal({ err }, 'stopping: an error that nobody caught')
    else app.logger.info({ signal }, 'stopping')
    // First, so that nobody sends anything new here.
    app.health.drain()
    await app.close()
  })
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `The service cannot start: ${error.message}`
  return `The service cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
