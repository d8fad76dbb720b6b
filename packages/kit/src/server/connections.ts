import type { FastifyInstance } from 'fastify'

/**
 * Time limits of connections. Together the first two close a silent connection within 10 s, and one that sends a request
 * byte by byte within a minute; idle ones between two requests live longer, for the pools of gateways and clients.
 */
export const connectionLimits = {
  http: {
    /** For the head of a request, from the opening of the connection. */
    headersTimeout: 8_000,
    /** How often both limits of a request are checked: Node's default of 30 s would be added to each. */
    connectionsCheckingInterval: 1_000,
    // Rejected like every other error, with a body.
    requireHostHeader: false
  },
  /** For a whole request. */
  requestTimeout: 60_000,
  /** Without a byte in either direction while a request is served: a client that does not read its response. */
  connectionTimeout: 60_000,
  keepAliveTimeout: 72_000
} as const

/** How often idle connections are closed while the process stops. */
const idleCheckMs = 50

/**
 * Closing waits for open connections, and clients keep theirs open after the last response: they are closed as soon as
 * they are idle.
 */
export function installClosing(app: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    timer = setInterval(() => app.server.closeIdleConnections(), idleCheckMs)
  })
  app.addHook('onClose', async () => clearInterval(timer))
}
