import { type Bus, connectBus } from '@belay/bus'
import { ConfigError } from '@belay/config'
import { streamKeeper } from '@belay/contracts'
import type { FastifyInstance } from 'fastify'
import { Counter } from 'prom-client'
import { ServiceUnavailable } from '../errors/common-errors.ts'
import type { DatabaseConfig, ServerConfig } from '../server/server-config.ts'

export type BusConfig = Pick<ServerConfig, 'NATS_URL' | 'NATS_STREAM_REPLICAS'> &
  Partial<Pick<ServerConfig, 'NODE_ENV'> & Pick<DatabaseConfig, 'EVENT_RETRY_MS'>>

/**
 * Connects an app to NATS, and adds it to `/readyz` and `/metrics`. The caller closes the bus.
 * @throws ConfigError in production without a login
 */
export async function connectAppBus(
  app: FastifyInstance,
  config: BusConfig,
  isTransient?: (error: unknown) => boolean
): Promise<Bus> {
  if (config.NODE_ENV === 'production' && !hasLogin(config.NATS_URL)) {
    throw new ConfigError([
      { variable: 'NATS_URL', problem: 'must hold a login in production (nats://user:password@…)' }
    ])
  }
  const bus = await connectBus({
    url: config.NATS_URL,
    name: app.serviceName,
    stream: streamFor(app.serviceName),
    log: app.logger,
    streamReplicas: config.NATS_STREAM_REPLICAS,
    ...(config.EVENT_RETRY_MS !== undefined && { tuning: { retryBaseMs: config.EVENT_RETRY_MS } }),
    neighbours: app.runtime.neighbours?.bus,
    ...(isTransient && { isTransient })
  })
  app.health.addCheck('nats', async () => {
    if (bus.status() !== 'connected') throw new ServiceUnavailable()
  })
  countActivity(app, bus)
  return bus
}

function hasLogin(urls: string): boolean {
  return urls.split(',').some((url) => url.includes('@'))
}

/** The bus of a process without a database; closed with the app, after its last response. */
export async function registerBus(app: FastifyInstance, config: BusConfig): Promise<Bus> {
  const bus = await connectAppBus(app, config)
  app.addHook('onClose', () => bus.close())
  return bus
}

/** Services that publish or consume events create the stream; one of them maintains its settings. */
function streamFor(service: string): 'keep' | 'make' | 'none' {
  if (service === streamKeeper) return 'keep'
  return service === 'realtime-gateway' ? 'none' : 'make'
}

/** `bus_activity_total{kind}`: the counters of the bus since the start. */
function countActivity(app: FastifyInstance, bus: Bus): void {
  new Counter({
    name: 'bus_activity_total',
    help: 'Events, questions and live signals by what became of them',
    labelNames: ['kind'],
    registers: [app.metrics],
    collect() {
      this.reset()
      for (const [kind, count] of Object.entries(bus.counters)) this.inc({ kind }, count)
    }
  })
}
