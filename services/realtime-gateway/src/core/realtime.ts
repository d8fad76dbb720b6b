import type { Bus } from '@belay/bus'
import type { Runtime } from '@belay/kit'
import type { Log } from './log.ts'
import type { CloseReason } from './codec.ts'
import type { Connection, Subscription } from './connection.ts'
import { Connections } from './connections.ts'
import { count, type Counters, createCounters } from './counters.ts'
import { Fanout } from './fanout.ts'
import { History } from './history.ts'
import { Limiter } from './limiter.ts'
import { Outgoing } from './outgoing.ts'
import { Presence } from './presence.ts'
import { Recovery } from './recovery.ts'
import { SubscriptionChecks } from './subscription-checks.ts'
import { Threads } from './threads.ts'
import { TypingIndicators } from './typing-indicators.ts'
import { Users } from './users.ts'

/** Joins on their way to the chat service at once, and reads of the log: a crowd that comes back queues up here. */
const maxJoins = 64
const maxReads = 32
const maxWaitingSends = 10_000

export interface RealtimeOptions {
  bus: Bus
  runtime: Runtime
  log: Log
  /** 0 ≤ n < 1. */
  random: () => number
  openTimeoutMs: number
  typingLastsMs: number
  checkIntervalMs: number
  maxConnectionsPerUser: number
  maxPendingSends: number
}

/** Everything live of this process; it knows neither WebSocket nor any front door. */
export interface Realtime {
  readonly counters: Counters
  readonly connections: Connections
  readonly users: Users
  readonly threads: Threads
  readonly outgoing: Outgoing
  readonly fanout: Fanout
  readonly presence: Presence
  start(): void
  stop(): void
}

/** Puts the parts together. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { bus, log, random, runtime } = options
  const { clock } = runtime
  const counters = createCounters()
  const history = new History({ bus, limiter: new Limiter(maxReads) })
  const endThread = (subscription: Subscription, ending: CloseReason) => threads.end(subscription, ending)
  const recovery = new Recovery({ history, counters, log, random, endThread })
  const typing = new TypingIndicators({ clock, lastsMs: options.typingLastsMs })
  const fanout: Fanout = new Fanout({ bus, counters, recovery, typing, endThread })
  const presence = new Presence({ bus, fanout, gatewayId: runtime.newId() })
  const left = (subscription: Subscription) => outgoing.left(subscription)
  const threads: Threads = new Threads({ bus, fanout, limiter: new Limiter(maxJoins), log, presence, recovery, left })
  const limits = { maxPerConnection: options.maxPendingSends, maxWaiting: maxWaitingSends }
  const outgoing: Outgoing = new Outgoing({ bus, clock, counters, fanout, log, recovery, threads, ...limits })
  const users = new Users({ bus, counters, maxConnections: options.maxConnectionsPerUser })
  const release = (connection: Connection, ending: CloseReason | undefined) => {
    for (const subscription of connection.subscriptions) threads.leave(subscription)
    users.remove(connection)
    if (ending !== undefined) count(counters.endings, ending)
  }
  const connections = new Connections({ clock, openTimeoutMs: options.openTimeoutMs, release })
  const checks = new SubscriptionChecks({ bus, fanout, log, random, intervalMs: options.checkIntervalMs })
  return {
    counters,
    connections,
    users,
    threads,
    outgoing,
    fanout,
    presence,
    start() {
      bus.onReconnect(() => checks.runNow())
      checks.start()
      presence.start()
      users.start()
      connections.start()
    },
    stop() {
      checks.stop()
      recovery.stop()
      typing.stop()
      presence.stop()
      connections.stop()
    }
  }
}
