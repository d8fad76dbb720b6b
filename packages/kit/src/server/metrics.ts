import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

declare module 'fastify' {
  interface FastifyInstance {
    /** The service's own metrics: it adds them with `registers: [app.metrics]`. */
    metrics: Registry
  }
}

/** Returns the metrics of the whole process: memory, processor time, event loop. */
export function collectProcessMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Decorates `app.metrics`, measures every request and serves `/metrics` in the Prometheus text format. */
export function installMetrics(app: FastifyInstance, service: string): void {
  const registry = new Registry()
  // Once for a process, however many services run in it: each collection observes the garbage collector and the event loop.
  const ofProcess = app.runtime.neighbours?.metrics ?? collectProcessMetrics()
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of the answer, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry]
  })
  app.decorate('metrics', registry)
  app.addHook('onResponse', (request, reply, done) => {
    // The template, never the path: each id would create a series.
    const route = request.routeOptions.url ?? 'unknown'
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })
  app.addHook('onClose', async () => registry.clear())
  app.get('/metrics', { config: { auth: 'none' }, schema: { hide: true } }, async (_request, reply) => {
    const all = Registry.merge([registry, ofProcess])
    all.setDefaultLabels({ service })
    return reply.type(all.contentType).send(await all.metrics())
  })
}
