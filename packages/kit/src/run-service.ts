import { ConfigError, loadConfig } from '@belay/config'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import type { Static, TObject } from 'typebox'
import { watchEventLoop } from './logging/event-loop-alarm.ts'
import { Neighbours } from './neighbours.ts'
import { type Runtime, systemRuntime } from './runtime.ts'
import { checkServerConfig } from './server/server-config.ts'
import { type ServerConfig, serverConfigSchema } from './server/server-config.ts'

/** How long a process may take to stop before it exits anyway. */
const stopWithinMs = 10_000

type App = Pick<FastifyInstance, 'close' | 'health' | 'listen' | 'logger' | 'serviceName'>

/** The services of this process: one, several or all. */
const running: App[] = []
let neighbours: Neighbours | undefined

/** Clients are connected to these. They close first, because what they have in hand needs the others. */
const edge: ReadonlySet<string> = new Set(['gateway', 'realtime-gateway'])

/**
 * The life of a service in its process, which it may share with others: environment → configuration → app → listening → a graceful stop on a signal or an
 * uncaught error. An invalid configuration is explained on stderr, and the process exits with 1. Resolves when the service
 * listens.
 */
export async function runService<S extends TObject>(
  buildApp: (config: Readonly<Static<S>>, runtime: Runtime) => App | Promise<App>,
  configSchema: S
): Promise<void> {
  try {
    const config = loadConfig(configSchema, process.env)
    const { HOST: host, PORT: port, SOLE_PROCESS: only } = serverPartOf(config)
    neighbours ??= new Neighbours({ only })
    const app = await buildApp(config, { ...systemRuntime, neighbours })
    running.push(app)
    if (running.length === 1) {
      stopWithGrace(app.logger)
      watchEventLoop(app.logger)
    }
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

function stopWithGrace(logger: App['logger']): void {
  closeWithGrace({ delay: stopWithinMs, logger }, async ({ err, signal }) => {
    if (err !== undefined) logger.fatal({ err }, 'stopping: uncaught error')
    else logger.info({ signal }, 'stopping')
    // First, so that no new requests are routed here.
    for (const app of running) app.health.drain()
    await closeAll(running.filter(({ serviceName }) => edge.has(serviceName)))
    await closeAll(running.filter(({ serviceName }) => !edge.has(serviceName)))
  })
}

async function closeAll(apps: readonly App[]): Promise<void> {
  await Promise.all(apps.map((app) => app.close()))
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `The service cannot start: ${error.message}`
  return `The service cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
