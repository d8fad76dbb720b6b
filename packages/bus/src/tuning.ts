/** Every wait of the bus in milliseconds, and its bounds. The defaults are for production; tests shorten them. */
export interface BusTuning {
  /** Longest a publish waits for its confirmation, everything included. */
  publishTimeoutMs: number
  askTimeoutMs: number
  /**
   * How long the server waits for a sign of life about an event before it delivers it again: so long the events wait that a
   * killed process had in hand. A living one gives the sign.
   */
  ackWaitMs: number
  /** Events of one durable that may be delivered and not yet acknowledged, all replicas together. */
  maxAckPending: number
  /** First delay after a failed try; doubled with each further one up to `retryMaxMs`. */
  retryBaseMs: number
  retryMaxMs: number
  /** Longest delay after a transient failure: short, so that a returned database is noticed soon. */
  transientRetryMaxMs: number
  /** Pause between attempts to connect, plus up to as much again at random. */
  reconnectWaitMs: number
  connectTimeoutMs: number
  /** A server silent for two of these is left for another connection. */
  pingIntervalMs: number
  /**
   * How long a stream that was there and is gone stays away before it is made again. nats-server 2.9 still removes files of
   * a deleted stream while it answers that there is none, and would take those of a new one along.
   */
  removalGraceMs: number
  /** Pause between attempts to set up the stream or a durable consumer. */
  rebindWaitMs: number
  /** How often the stream is compared with what is known of it, besides after every connect. */
  streamCheckMs: number
  closeTimeoutMs: number
}

export const defaultTuning: Readonly<BusTuning> = Object.freeze({
  publishTimeoutMs: 2_000,
  askTimeoutMs: 1_500,
  ackWaitMs: 4_000,
  maxAckPending: 1_000,
  retryBaseMs: 250,
  retryMaxMs: 30_000,
  transientRetryMaxMs: 5_000,
  reconnectWaitMs: 150,
  connectTimeoutMs: 2_000,
  pingIntervalMs: 5_000,
  removalGraceMs: 500,
  rebindWaitMs: 250,
  streamCheckMs: 10_000,
  closeTimeoutMs: 2_000
})
