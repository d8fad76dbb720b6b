import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Counter } from 'prom-client'
import { codeOf } from '#src/proxy/failures.ts'
import { type UpstreamName, upstreamNames } from '#src/proxy/routing-table.ts'
import { Upstream } from '#src/proxy/upstream.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The services behind the gateway. */
    upstreams: ReadonlyMap<UpstreamName, Upstream>
  }
}

export interface UpstreamsOptions {
  /** The replicas of each service. */
  urls: Readonly<Record<UpstreamName, readonly string[]>>
  answerTimeoutMs: number
}

/** Decorates `app.upstreams`: connections to the services, closed when the gateway stops. */
export default fp<UpstreamsOptions>(
  async (app, { urls, answerTimeoutMs }) => {
    const failed = countFailures(app)
    const upstreams = new Map<UpstreamName, Upstream>()
    for (const name of upstreamNames) {
      upstreams.set(
        name,
        new Upstream({ urls: urls[name], answerTimeoutMs, onFailure: (error) => failed(name, error) })
      )
    }
    app.decorate('upstreams', upstreams)
    app.addHook('onClose', async () => {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))
    })
  },
  { name: 'gateway.upstreams' }
)

function countFailures(app: FastifyInstance): (service: UpstreamName, error: unknown) => void {
  const counter = new Counter({
    name: 'gateway_upstream_failures_total',
    help: 'Attempts to pass a request on that failed, by service and reason',
    labelNames: ['service', 'reason'],
    registers: [app.metrics]
  })
  return (service, error) => counter.inc({ service, reason: codeOf(error) || 'unknown' })
}
