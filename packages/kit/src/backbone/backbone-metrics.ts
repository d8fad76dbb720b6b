import { countParked, type OutboxRelay } from '@belay/events'
import type { FastifyInstance } from 'fastify'
import type { QueryExecutorProvider } from 'kysely'
import { Counter, Gauge } from 'prom-client'

/** Measures the queues that can build up; pass `onDegraded` to the store. */
export function installBackboneMetrics(
  app: FastifyInstance,
  parts: { db: QueryExecutorProvider; relay: () => OutboxRelay }
): { onDegraded: (service: string) => void } {
  gauge(app, 'outbox_pending', 'Committed events that are not in the stream yet', () => parts.relay().pendingCount())
  gauge(app, 'parked_events', 'Events that a durable gave up on', () => countParked(parts.db))
  const degraded = new Counter({
    name: 'apply_waits_degraded_total',
    help: 'Answers that did not wait until a service had applied their event',
    labelNames: ['target'],
    registers: [app.metrics]
  })
  return { onDegraded: (target) => degraded.inc({ target }) }
}

function gauge(app: FastifyInstance, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [app.metrics],
    async collect() {
      try {
        this.set(await read())
      } catch (error) {
        // Metrics are needed most while the database is unavailable.
        app.logger.debug({ err: error, metric: name }, 'a metric could not be read')
      }
    }
  })
}
