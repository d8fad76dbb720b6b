import type { FastifyInstance } from 'fastify'

/**
 * How long connections may take for what. Together the first two close one that says nothing within 10 s, and one that
 * says a request letter by letter within a minute; idle ones between two requests live longer, for the pools of
 * gateways and clients.
 */
export const connectionLimits = {
  http: {
    /** For the head of a request, from the connection's first moment. */
    headersTimeout: 8_000,
    /** How often both limits of a request are looked at: Node's own 30 s are added to each of them. */
    connectionsCheckingInterval: 1_000,
    // Refused like every other fault, with a body.
    requireHostHeader: false
  },
  /** For a whole request. */
  requestTimeout: 60_000,
  /** Without a byte in either direction while a request is served: a client that does not read its answer. */
  connectionTimeout: 60_000,
  keepAliveTimeout: 72_000
} as const

/** How often connections that have become idle are closed while the process stops. */
const idleCheckMs = 50

/**
 * Closing waits for open connections, and a client keeps its own open after the last answer: those are hung up on as
 * soon as nothing runs on them.
 */
export function installClosing(app: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    timer = setInterval(() => app.server.closeIdleConnections(), idleCheckMs)
  })
  app.addHook('onClose', async () => clearInterval(timer))
}
