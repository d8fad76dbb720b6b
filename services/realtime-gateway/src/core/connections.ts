import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '@belay/kit'
import { Connection, type Protocol, type Release } from './connection.ts'
import type { Transport } from './transport.ts'

const sweepMs = 500
const drainStepMs = 20
/** With few sockets the spreading takes no longer than this for each. */
const drainPerSocketMs = 10

export interface ConnectionsOptions {
  clock: Clock
  /** A connection that is not let in by then is closed. */
  openTimeoutMs: number
  release: Release
}

/** Every connection of this process. One shared sweep looks after their deadlines. */
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

  /** Connections that have not been let in yet. */
  get opening(): number {
    return this.#opening
  }

  open(transport: Transport, protocol: Protocol): Connection {
    const openedAtMs = this.#options.clock.now().getTime()
    const connection = new Connection({ transport, protocol, openedAtMs, release: this.#release })
    this.#all.add(connection)
    this.#opening += 1
    return connection
  }

  /** Lets a connection in: its frames are taken from now on. */
  admit(connection: Connection): void {
    if (connection.ready || connection.ended) return
    this.#opening -= 1
    connection.ready = true
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
    // Those that were let in meanwhile.
    for (const connection of this.#all) connection.end('restarting')
  }

  readonly #release: Release = (connection, ending) => {
    this.#all.delete(connection)
    if (!connection.ready) this.#opening -= 1
    this.#options.release(connection, ending)
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
