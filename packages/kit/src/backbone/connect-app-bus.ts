import { type Bus, connectBus } from '@belay/bus'
import type { FastifyInstance } from 'fastify'
import { Counter } from 'prom-client'
import { ServiceUnavailable } from '../errors/common-errors.ts'
import type { ServerConfig } from '../server/server-config.ts'

export type BusConfig = Pick<ServerConfig, 'NATS_URL' | 'NATS_STREAM_REPLICAS'>

/** Connects an app to NATS, with its part in `/readyz` and `/metrics`. Whoever calls this closes the bus. */
export async function connectAppBus(
  app: FastifyInstance,
  config: BusConfig,
  isTransient?: (error: unknown) => boolean
): Promise<Bus> {
  const bus = await connectBus({
    url: config.NATS_URL,
    name: app.serviceName,
    log: app.logger,
    streamReplicas: config.NATS_STREAM_REPLICAS,
    ...(isTransient && { isTransient })
  })
  app.health.addCheck('nats', async () => {
    if (bus.status() !== 'connected') throw new ServiceUnavailable()
  })
  countActivity(app, bus)
  return bus
}

/** `bus_activity_total{kind}`: what the bus has counted since the start. */
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
