/** What happened since the process started: plain numbers that only grow, because most are counted per message. */
export interface Counters {
  /** Messages delivered to sockets. */
  deliveries: number
  /** Times a subscription found that it had missed something. */
  gaps: number
  /** Times a place in a log could not be continued. */
  resets: number
  /** Messages delivered from the log instead of live. */
  recovered: number
  /** Reads of the log that failed and were retried. */
  recoveryFailures: number
  /** Sockets dropped because their client no longer answered pings. */
  deadPeers: number
  /** Handshakes refused before the upgrade. */
  refusedUpgrades: number
  /** Connections closed by the server, by reason. */
  closings: Map<string, number>
  /** Connections that ended, by reason; `left` when the client went by itself, `dead` when it no longer answered. */
  disconnects: Map<string, number>
  /** Frames answered with an error, by reason. */
  refusals: Map<string, number>
  /** Requests to the chat service that carried messages, and the messages in them. */
  appendRequests: number
  appendedMessages: number
  /** Typing frames above the limit. */
  typingDropped: number
  /** Live signals outside their schema. */
  badSignals: number
}

export function createCounters(): Counters {
  return {
    deliveries: 0,
    gaps: 0,
    resets: 0,
    recovered: 0,
    recoveryFailures: 0,
    deadPeers: 0,
    refusedUpgrades: 0,
    closings: new Map(),
    disconnects: new Map(),
    refusals: new Map(),
    appendRequests: 0,
    appendedMessages: 0,
    typingDropped: 0,
    badSignals: 0
  }
}

/** Adds one under a name. */
export function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
