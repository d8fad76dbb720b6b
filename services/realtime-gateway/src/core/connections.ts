import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '@belay/kit'
import type { CloseReason } from './codec.ts'
import { Connection, type Protocol, type Transport } from './connection.ts'
import type { Conversations } from './conversations.ts'
import { count, type Counters } from './counters.ts'
import type { Online } from './online.ts'
import type { Users } from './users.ts'

const sweepMs = 500
const drainStepMs = 20
/** With few sockets the spreading takes no longer than this for each. */
const drainPerSocketMs = 10

export interface ConnectionsOptions {
  clock: Clock
  conversations: Conversations
  counters: Counters
  online: Online
  users: Users
  /** A connection that is not admitted by then is closed. */
  openTimeoutMs: number
}

/** Every connection of this process. One shared sweep enforces their deadlines. */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #all = new Set<Connection>()
  #opening = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => this.#sweep(), sweepMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  get size(): number {
    return this.#all.size
  }

  /** Returns the number of admitted connections by transport and front door. */
  countAdmitted(): { transport: string; door: string; count: number }[] {
    const counts = new Map<string, { transport: string; door: string; count: number }>()
    for (const { protocol, ready, transport } of this.#all) {
      if (!ready) continue
      const key = `${transport.name} ${protocol.door}`
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { transport: transport.name, door: protocol.door, count: 1 })
      else known.count += 1
    }
    return [...counts.values()]
  }

  /** Connections that have not been admitted yet. */
  get opening(): number {
    return this.#opening
  }

  /** Opens a connection over a transport that carries the frames of this protocol. */
  open<Frame>(transport: Transport<Frame>, protocol: Protocol<Frame>): Connection {
    const { clock, counters } = this.#options
    const openedAtMs = clock.now().getTime()
    const connection = new Connection({ transport, protocol, openedAtMs, counters, release: this.#release })
    this.#all.add(connection)
    this.#opening += 1
    return connection
  }

  /** Admits a connection: it may send and is sent to from now on. */
  admit(connection: Connection): void {
    if (connection.ready || connection.ended) return
    this.#opening -= 1
    connection.ready = true
    if (connection.identity !== undefined) this.#options.online.connected(connection.identity.userId)
    connection.transport.resume()
  }

  /** Closes all connections, spread over up to `windowMs`, so that their clients do not all come back at once. */
  async drain(windowMs: number): Promise<void> {
    const connections = [...this.#all]
    const steps = Math.ceil(Math.min(windowMs, connections.length * drainPerSocketMs) / drainStepMs)
    for (let step = 0; step < steps; step += 1) {
      const from = Math.floor((connections.length * step) / steps)
      const to = Math.floor((connections.length * (step + 1)) / steps)
      for (const connection of connections.slice(from, to)) connection.end('restarting')
      await pause(drainStepMs)
    }
    // Those that were opened meanwhile.
    for (const connection of this.#all) connection.end('restarting')
  }

  readonly #release = (connection: Connection, reason: CloseReason | undefined): void => {
    this.#all.delete(connection)
    const { conversations, counters, online, users } = this.#options
    if (!connection.ready) this.#opening -= 1
    else if (connection.identity !== undefined) online.disconnected(connection.identity.userId)
    for (const thread of connection.threads) thread.leave()
    conversations.unfollow(connection)
    users.remove(connection)
    if (reason !== undefined) count(counters.closings, reason)
    count(counters.disconnects, reason ?? (connection.transport.dead ? 'dead' : 'left'))
  }

  #sweep(): void {
    const now = this.#options.clock.now().getTime()
    const openedBefore = now - this.#options.openTimeoutMs
    for (const connection of this.#all) {
      if (connection.identity !== undefined && connection.identity.expiresAtMs <= now) connection.end('token_expired')
      else if (!connection.ready && connection.openedAtMs < openedBefore) connection.end('unavailable')
    }
  }
}
