import type { Bus } from '@belay/bus'
import type { Limit, Runtime } from '@belay/kit'
import type { Logger } from 'pino'
import { Connections } from './connections.ts'
import { Conversations } from './conversations.ts'
import { type Counters, createCounters } from './counters.ts'
import { Direct } from './direct.ts'
import { Online } from './online.ts'
import { Presence } from './presence.ts'
import { Recovery } from './recovery.ts'
import { Sending } from './sending.ts'
import { SubscriptionChecks } from './subscription-checks.ts'
import { Threads } from './threads.ts'
import { Typing } from './typing.ts'
import { TypingLimit } from './typing-limit.ts'
import { Users } from './users.ts'

export interface RealtimeOptions {
  bus: Bus
  runtime: Runtime
  /** Names this process to the services that follow it. */
  gatewayId: string
  /** Gets ids only: never tokens, never what people wrote. */
  log: Logger
  /** 0 ≤ n < 1. */
  random: () => number
  openTimeoutMs: number
  typingLastsMs: number
  /** Of one person in one direct conversation. */
  typingLimit: Limit | null
  checkIntervalMs: number
  maxConnectionsPerUser: number
  maxPendingSends: number
}

/** Everything live of this process, for any transport and any front door. */
export interface Realtime {
  readonly counters: Counters
  readonly connections: Connections
  readonly users: Users
  readonly threads: Threads
  readonly conversations: Conversations
  readonly direct: Direct
  readonly sending: Sending
  readonly typing: Typing
  readonly presence: Presence
  readonly online: Online
  /** Names this process to the services that follow it. */
  readonly gatewayId: string
  start(): void
  stop(): void
}

/** Puts the parts together. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { bus, gatewayId, log, random, runtime } = options
  const { clock } = runtime
  const counters = createCounters()
  const recovery = new Recovery({ bus, counters, log, random })
  const limit = new TypingLimit(clock, options.typingLimit)
  const typing = new Typing({ bus, clock, counters, limit, lastsMs: options.typingLastsMs })
  const presence = new Presence({ bus, gatewayId })
  const online = new Online({ bus, gatewayId })
  const threads = new Threads({ bus, counters, log, presence, recovery, typing })
  const checks = new SubscriptionChecks({ bus, threads, log, random, intervalMs: options.checkIntervalMs })
  const maxPerConnection = options.maxPendingSends
  const sending = new Sending({ bus, checks, counters, log, recovery, threads, maxPerConnection })
  const users = new Users({ bus, counters, maxConnections: options.maxConnectionsPerUser })
  const conversations = new Conversations({ bus, checks, counters, log, threads })
  const direct = new Direct({ bus, log, threads })
  const { openTimeoutMs } = options
  const connections = new Connections({ clock, conversations, counters, online, users, openTimeoutMs })
  return {
    counters,
    connections,
    users,
    threads,
    conversations,
    direct,
    sending,
    typing,
    presence,
    online,
    gatewayId,
    start() {
      bus.onReconnect(() => checks.runNow())
      checks.start()
      presence.start()
      online.start()
      threads.start()
      users.start()
      connections.start()
    },
    stop() {
      checks.stop()
      recovery.stop()
      typing.stop()
      presence.stop()
      online.stop()
      connections.stop()
    }
  }
}
