import { doors, socketRoutesOf } from '@belay/contracts'
import type { Neighbour } from '@belay/kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Gauge } from 'prom-client'
import { Polls } from '#src/engine-io/polls.ts'
import { instanceIdOf, sessionIdOf } from '#src/engine-io/session-id.ts'
import { type Holder, Sessions } from '#src/engine-io/sessions.ts'
import { NotAnUpgrade, UpstreamUnavailable } from '#src/errors.ts'
import { handOver } from '#src/neighbours/hand-over.ts'
import { upgradeHere } from '#src/neighbours/upgrade-here.ts'
import { proxyBodyLimitBytes } from './proxy.ts'
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

/**
 * Passes on to the realtime gateway what the front doors declare: WebSockets, and sessions of Engine.IO. One in this process
 * takes them itself, unless a session belongs to another replica.
 */
export default fp<SocketsOptions>(
  async (app, { urls, answerTimeoutMs }) => {
    const service = 'realtime-gateway'
    const onFailure = app.countUpstreamFailures(service)
    const options = { urls, answerTimeoutMs, onFailure }
    const { neighbours } = app.runtime
    const [webSockets, handshakes, sessions] = [new WebSockets(options), new Upstream(options), new Sessions(options)]
    const polls = new Polls()
    const clientOf = routeUpgrades(app)

    async function serveWebSocket(request: FastifyRequest, reply: FastifyReply) {
      const client = clientOf(request)
      if (client === undefined) throw new NotAnUpgrade()
      const here = neighbours?.find(service)
      return here === undefined
        ? webSockets.join(client, request, reply)
        : upgradeHere(here, { client, request, reply }, answerTimeoutMs)
    }

    async function serveEngineIo(request: FastifyRequest, reply: FastifyReply) {
      const here = neighbours?.find(service)
      const isSocket = clientOf(request) !== undefined
      if (isSocket && here !== undefined && belongsTo(here, request)) return serveWebSocket(request, reply)
      const sessionId = sessionIdOf(request.url)
      if (sessionId !== undefined) {
        const holder = await sessions.find(sessionId)
        return holder === undefined ? refuseSession(reply) : continueSession(request, reply, holder)
      }
      if (isSocket) return serveWebSocket(request, reply)
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

    // Polls may wait for long, and Engine.IO answers each.
    const preParsing = handOver({
      neighbours,
      service,
      bodyLimitBytes: proxyBodyLimitBytes,
      onFailure,
      isFor: (request, here) => clientOf(request) === undefined && belongsTo(here, request)
    })
    const config = { auth: 'none' } as const
    for (const { path: url, protocol } of socketRoutesOf(doors)) {
      if (protocol === 'websocket') app.get(url, { config }, serveWebSocket)
      // Polls take long by design: they are not logged as slow requests.
      else app.route({ method: ['GET', 'POST'], url, config, preParsing, logLevel: 'warn', handler: serveEngineIo })
    }
    countSockets(app, { websocket: webSockets.tunnels, polling: polls })
    app.addHook('preClose', async () => void (await Promise.all([webSockets.tunnels.drain(), polls.drain()])))
    app.addHook('onClose', async () => void (await Promise.all([handshakes.close(), sessions.close()])))
  },
  { name: 'gateway.sockets', dependencies: ['gateway.upstreams', 'gateway.proxy'] }
)

/** Whether a request opens a session, or is for one that this realtime gateway has made. */
function belongsTo({ instanceId }: Neighbour, { url }: FastifyRequest): boolean {
  const sessionId = sessionIdOf(url)
  return sessionId === undefined || instanceIdOf(sessionId) === instanceId
}

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
