/** What happened since the process started; read for metrics, only ever growing. */
export interface BusCounters {
  /** Events confirmed by the stream. */
  published: number
  /** Publishes that were not confirmed in time. */
  publishFailures: number
  /** Events whose handler succeeded and that were acknowledged. */
  handled: number
  /** Events given back to be delivered again later. */
  naks: number
  /** Messages put aside for good. */
  parked: number
  /** Live signals not sent because NATS was away. */
  liveDropped: number
  /** Questions that nobody answered in time. */
  askTimeouts: number
  /** Questions left unanswered because this process had stood still for longer than their asker waits. */
  answersExpired: number
}

export function createCounters(): BusCounters {
  return {
    published: 0,
    publishFailures: 0,
    handled: 0,
    naks: 0,
    parked: 0,
    liveDropped: 0,
    askTimeouts: 0,
    answersExpired: 0
  }
}
