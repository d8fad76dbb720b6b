import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Gauge } from 'prom-client'
import { NotAnUpgrade } from '#src/errors.ts'
import { copyHeaders } from '#src/proxy/copy-headers.ts'
import { forwardedHeaders } from '#src/proxy/forwarded-headers.ts'
import { headOf } from '#src/sockets/ask-upgrade.ts'
import { SocketUpstream } from '#src/sockets/socket-upstream.ts'
import { Tunnels } from '#src/sockets/tunnels.ts'

export interface SocketsOptions {
  /** Replicas of the realtime gateway. */
  urls: readonly string[]
  answerTimeoutMs: number
}

/** Passes WebSockets on to the realtime gateway; after the handshake, bytes pass unread. */
export default fp<SocketsOptions>(
  async (app, { urls, answerTimeoutMs }) => {
    const upstream = new SocketUpstream(urls, answerTimeoutMs)
    const tunnels = new Tunnels()
    const upgrades = routeUpgrades(app)
    countTunnels(app, tunnels)
    app.get('/ws/*', { config: { auth: 'none' } }, async (request, reply) => {
      const client = upgrades.get(request.raw)
      if (client === undefined) throw new NotAnUpgrade()
      const { response, opened } = await upstream.ask(request.url, forwardedHeaders(request))
      if (opened === undefined) {
        copyHeaders(reply, response.headers)
        return reply.code(response.statusCode ?? 502).send(response)
      }
      reply.hijack()
      reply.raw.detachSocket(client)
      client.write(headOf(response))
      tunnels.open(client, opened)
      return reply
    })
    app.addHook('preClose', () => tunnels.drain())
  },
  { name: 'gateway.sockets' }
)

/**
 * Routes upgrades like every other request, so that they have the same limits, errors and request ids. Returns the
 * connection of each upgrade request.
 */
function routeUpgrades(app: FastifyInstance): WeakMap<IncomingMessage, Socket> {
  const upgrades = new WeakMap<IncomingMessage, Socket>()
  // Upgrades to other protocols (h2c) are ignored: those are plain requests.
  Object.assign(app.server, { shouldUpgradeCallback: isWebSocketUpgrade })
  app.server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.setTimeout(0)
    client.on('error', ignore)
    if (head.length > 0) client.unshift(head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(client)
    response.once('finish', () => client.end())
    upgrades.set(request, client)
    app.routing(request, response)
  })
  return upgrades
}

function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

function countTunnels(app: FastifyInstance, tunnels: Tunnels): void {
  new Gauge({
    name: 'gateway_open_sockets',
    help: 'WebSockets that pass through this process',
    registers: [app.metrics],
    collect() {
      this.set(tunnels.size)
    }
  })
}

/** Ignored: a broken connection also emits `close`, which is handled. */
function ignore(): void {}
