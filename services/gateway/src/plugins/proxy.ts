import { type DatabaseService, doors, routesOf } from '@belay/contracts'
import { readBody } from '@belay/kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { handOver } from '#src/neighbours/hand-over.ts'
import { sendAnswer } from '#src/proxy/send-answer.ts'
import { upstreamRequest } from '#src/proxy/upstream-request.ts'

/** Slightly more than the services accept, so that they are the ones to reject large bodies. */
export const proxyBodyLimitBytes = 300 * 1024

export interface ProxyOptions {
  answerTimeoutMs: number
}

/** Forwards every path of the front doors to its service; one in this process takes the request itself. */
export default fp<ProxyOptions>(
  async (app, { answerTimeoutMs }) => {
    takeAnyBody(app)
    const { neighbours } = app.runtime
    const handOverTo = (service: DatabaseService) => {
      const onFailure = app.countUpstreamFailures(service)
      return handOver({ neighbours, service, bodyLimitBytes: proxyBodyLimitBytes, answerTimeoutMs, onFailure })
    }
    const preParsing = {
      people: handOverTo('people'),
      sessions: handOverTo('sessions'),
      chat: handOverTo('chat'),
      notifications: handOverTo('notifications')
    }
    for (const { path, service } of routesOf(doors)) {
      const upstream = app.upstreams[service]
      const options = { config: { auth: 'none' }, preParsing: preParsing[service] } as const
      app.all(path, options, async (request, reply) => {
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
