import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter } from 'prom-client'

/** How long a client whose upgrade failed may take to read the response and to close, in milliseconds. */
const lingerMs = 2_000

/** Returns the client's connection, if its request is an upgrade to a WebSocket. */
export type FindClient = (request: FastifyRequest) => Socket | undefined

/** Routes upgrades like every other request, so that they have the same limits, errors and request ids. */
export function routeUpgrades(app: FastifyInstance): FindClient {
  const clients = new WeakMap<IncomingMessage, Socket>()
  const findClient: FindClient = ({ method, raw }) => (method === 'GET' ? clients.get(raw) : undefined)
  // Upgrades to other protocols (h2c) are ignored: those are plain requests.
  Object.assign(app.server, { shouldUpgradeCallback: isWebSocketUpgrade })
  app.server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.setTimeout(0)
    client.on('error', ignore)
    if (head.length > 0) client.unshift(head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(client)
    response.once('finish', () => hangUp(client))
    clients.set(request, client)
    app.routing(request, response)
  })
  countFailures(app, findClient)
  return findClient
}

/** Ends a connection. What the client continues to send is discarded, so that it receives the response. */
function hangUp(client: Socket): void {
  client.end()
  client.resume()
  const timer = setTimeout(() => client.destroy(), lingerMs)
  client.once('close', () => clearTimeout(timer))
}

function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

function countFailures(app: FastifyInstance, findClient: FindClient): void {
  const failed = new Counter({
    name: 'gateway_failed_upgrades_total',
    help: 'Upgrades to WebSockets that got another response, by its status',
    labelNames: ['status'],
    registers: [app.metrics]
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (findClient(request) !== undefined) failed.inc({ status: reply.statusCode })
    done()
  })
}

/** Ignored: a broken connection also emits `close`, which is handled. */
function ignore(): void {}
