import { doors, socketRoutesOf } from '@belay/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Gauge } from 'prom-client'
import { Polls } from '#src/engine-io/polls.ts'
import { sessionIdOf } from '#src/engine-io/session-id.ts'
import { type Holder, Sessions } from '#src/engine-io/sessions.ts'
import { NotAnUpgrade, UpstreamUnavailable } from '#src/errors.ts'
import { sendAnswer } from '#src/proxy/send-answer.ts'
import { Upstream } from '#src/proxy/upstream.ts'
import { upstreamRequest } from '#src/proxy/upstream-request.ts'
import { routeUpgrades } from '#src/sockets/upgrades.ts'
import { WebSockets } from '#src/sockets/web-sockets.ts'

export interface SocketsOptions {
  /** Replicas of the realtime gateway. */
  urls: readonly string[]
  answerTimeoutMs: number
}

/** What Engine.IO itself responds to the id of a session that it does not hold: the client opens a new one. */
const unknownSession = { code: 1, message: 'Session ID unknown' }

/** Passes on to the realtime gateway what the front doors declare: WebSockets, and sessions of Engine.IO. */
export default fp<SocketsOptions>(
  async (app, { urls, answerTimeoutMs }) => {
    const options = { urls, answerTimeoutMs, onFailure: app.countUpstreamFailures('realtime-gateway') }
    const [webSockets, handshakes, sessions] = [new WebSockets(options), new Upstream(options), new Sessions(options)]
    const polls = new Polls()
    const clientOf = routeUpgrades(app)

    async function serveWebSocket(request: FastifyRequest, reply: FastifyReply) {
      const client = clientOf(request)
      if (client === undefined) throw new NotAnUpgrade()
      return webSockets.join(client, request, reply)
    }

    async function serveEngineIo(request: FastifyRequest, reply: FastifyReply) {
      const sessionId = sessionIdOf(request.url)
      if (sessionId !== undefined) {
        const holder = await sessions.find(sessionId)
        return holder === undefined ? refuseSession(reply) : continueSession(request, reply, holder)
      }
      if (clientOf(request) !== undefined) return serveWebSocket(request, reply)
      return sendAnswer(reply, await handshakes.request(upstreamRequest(request)))
    }

    async function continueSession(request: FastifyRequest, reply: FastifyReply, holder: Holder) {
      const client = clientOf(request)
      if (client !== undefined) {
        return webSockets.join(client, request, reply, holder.url).catch((error: unknown) => {
          if (error instanceof UpstreamUnavailable) return refuseSession(reply)
          throw error
        })
      }
      const asked = upstreamRequest(request)
      const answer = await (request.method === 'POST'
        ? sessions.request(holder, asked)
        : polls.run(reply, (signal) => sessions.request(holder, { ...asked, signal })))
      return answer === undefined ? refuseSession(reply) : sendAnswer(reply, answer)
    }

    const config = { auth: 'none' } as const
    for (const { path: url, protocol } of socketRoutesOf(doors)) {
      if (protocol === 'websocket') app.get(url, { config }, serveWebSocket)
      // Polls take long by design: they are not logged as slow requests.
      else app.route({ method: ['GET', 'POST'], url, config, logLevel: 'warn', handler: serveEngineIo })
    }
    countSockets(app, { websocket: webSockets.tunnels, polling: polls })
    app.addHook('preClose', async () => void (await Promise.all([webSockets.tunnels.drain(), polls.drain()])))
    app.addHook('onClose', async () => void (await Promise.all([handshakes.close(), sessions.close()])))
  },
  { name: 'gateway.sockets', dependencies: ['gateway.upstreams', 'gateway.proxy'] }
)

/** The replica that held the session does not respond, or there is none. */
function refuseSession(reply: FastifyReply): FastifyReply {
  return reply.code(400).send(unknownSession)
}

function countSockets(app: FastifyInstance, counted: Record<string, { readonly size: number }>): void {
  new Gauge({
    name: 'gateway_open_sockets',
    help: 'Sockets that pass through this process: WebSockets, and clients that poll',
    labelNames: ['transport'],
    registers: [app.metrics],
    collect() {
      for (const [transport, { size }] of Object.entries(counted)) this.set({ transport }, size)
    }
  })
}
