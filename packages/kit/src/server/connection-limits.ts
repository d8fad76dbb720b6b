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
