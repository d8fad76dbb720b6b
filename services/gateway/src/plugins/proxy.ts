import { doors, routesOf } from '@belay/contracts'
import { readBody } from '@belay/kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { sendAnswer } from '#src/proxy/send-answer.ts'
import { upstreamRequest } from '#src/proxy/upstream-request.ts'

/** Slightly more than the services accept, so that they are the ones to reject large bodies. */
export const proxyBodyLimitBytes = 300 * 1024

/** Forwards every path of the front doors to its service. */
export default fp(
  async (app) => {
    takeAnyBody(app)
    for (const { path, service } of routesOf(doors)) {
      const upstream = app.upstreams[service]
      app.all(path, { config: { auth: 'none' } }, async (request, reply) => {
        return sendAnswer(reply, await upstream.request(upstreamRequest(request)))
      })
    }
  },
  { name: 'gateway.proxy', dependencies: ['gateway.upstreams'] }
)

/** Only the services parse bodies: the gateway passes them on as bytes, for any content type. */
function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest) => readBody(request.raw, proxyBodyLimitBytes))
}
