import type { DatabaseService } from '@belay/contracts'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Counter } from 'prom-client'
import { codeOf } from '#src/proxy/failures.ts'
import { Upstream } from '#src/proxy/upstream.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The services behind the gateway. */
    upstreams: Readonly<Record<DatabaseService, Upstream>>
    /** Returns the function that counts a service's failed attempts. */
    countUpstreamFailures(service: string): (error: unknown) => void
  }
}

export interface UpstreamsOptions {
  /** The replicas of each service. */
  urls: Readonly<Record<DatabaseService, readonly string[]>>
  answerTimeoutMs: number
}

/** Decorates `app.upstreams`: connections to the services, closed when the gateway stops. */
export default fp<UpstreamsOptions>(
  async (app, { urls, answerTimeoutMs }) => {
    app.decorate('countUpstreamFailures', failureCounts(app))
    const connect = (name: DatabaseService) =>
      new Upstream({ urls: urls[name], answerTimeoutMs, onFailure: app.countUpstreamFailures(name) })
    const upstreams = {
      people: connect('people'),
      sessions: connect('sessions'),
      chat: connect('chat'),
      notifications: connect('notifications')
    }
    app.decorate('upstreams', upstreams)
    app.addHook('onClose', async () => {
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
    })
  },
  { name: 'gateway.upstreams' }
)

function failureCounts(app: FastifyInstance): FastifyInstance['countUpstreamFailures'] {
  const counter = new Counter({
    name: 'gateway_upstream_failures_total',
    help: 'Attempts to pass a request on that failed, by service and reason',
    labelNames: ['service', 'reason'],
    registers: [app.metrics]
  })
  return (service) => (error) => counter.inc({ service, reason: codeOf(error) || 'unknown' })
}
