import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Counter } from 'prom-client'
import { codeOf } from '#src/proxy/failures.ts'
import { forwardedHeaders } from '#src/proxy/forwarded-headers.ts'
import { routingTable, type UpstreamName, upstreamNames } from '#src/proxy/routing-table.ts'
import { sendAnswer } from '#src/proxy/send-answer.ts'
import { Upstream } from '#src/proxy/upstream.ts'

/** A little more than the services take, so that it is they who say what is too large. */
const bodyLimitBytes = 300 * 1024

export interface ProxyOptions {
  /** The replicas of each service. */
  urls: Readonly<Record<UpstreamName, readonly string[]>>
}

/** Passes every path of the routing table on to its service. */
export default fp<ProxyOptions>(
  async (app, { urls }) => {
    takeAnyBody(app)
    const failures = countFailures(app)
    const upstreams = new Map(
      upstreamNames.map((name) => [name, new Upstream(name, urls[name], (error) => failures(name, error))])
    )
    app.addHook('onClose', async () => {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))
    })
    for (const { path, upstream: name } of routingTable) {
      const upstream = upstreams.get(name)
      if (upstream === undefined) continue
      app.all(path, { bodyLimit: bodyLimitBytes, config: { auth: 'none' } }, async (request, reply) => {
        const headers = forwardedHeaders(request)
        const body = bodyOf(request)
        return sendAnswer(reply, await upstream.request({ method: request.method, path: request.url, headers, body }))
      })
    }
  },
  { name: 'gateway.proxy' }
)

/** Bodies are the services' to read: here they are bytes, whatever they claim to be. */
function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

function bodyOf({ body }: FastifyRequest): Buffer | null {
  return Buffer.isBuffer(body) && body.length > 0 ? body : null
}

function countFailures(app: FastifyInstance): (service: UpstreamName, error: unknown) => void {
  const counter = new Counter({
    name: 'gateway_upstream_failures_total',
    help: 'Attempts to pass a request on that failed, by service and reason',
    labelNames: ['service', 'reason'],
    registers: [app.metrics]
  })
  return (service, error) => {
    counter.inc({ service, reason: codeOf(error) || 'unknown' })
    app.logger.debug({ err: error, upstream: service }, 'attempt failed')
  }
}
