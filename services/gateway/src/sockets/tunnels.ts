import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What one side said last may still take this long to reach the other, in milliseconds. */
const flushTimeoutMs = 10_000
/** When stopping: what the realtime gateway has not closed by then is cut off. */
const drainTimeoutMs = 4_000

/** Pairs of connections: what one side says the other hears, and when one ends so does the other. */
export class Tunnels {
  readonly #clients = new Set<Duplex>()
  #allClosed: (() => void) | undefined

  get size(): number {
    return this.#clients.size
  }

  /** Joins two open connections. */
  open(client: Duplex, upstream: Duplex): void {
    if (client.destroyed) return void upstream.destroy()
    this.#clients.add(client)
    client.once('close', () => this.#forget(client))
    follow(client, upstream)
    follow(upstream, client)
  }

  /** Resolves when all are closed; after a while it closes those that are left. */
  async drain(): Promise<void> {
    if (this.size === 0) return
    const drained = Promise.withResolvers<void>()
    this.#allClosed = drained.resolve
    const timer = setTimeout(() => {
      for (const client of this.#clients) client.destroy()
    }, drainTimeoutMs)
    await drained.promise
    clearTimeout(timer)
  }

  #forget(client: Duplex): void {
    this.#clients.delete(client)
    if (this.size === 0) this.#allClosed?.()
  }
}

function follow(from: Duplex, to: Duplex): void {
  from.pipe(to)
  // A connection that breaks also closes, and that is what counts.
  from.on('error', ignore)
  if (from.destroyed) endSoon(to)
  else from.once('close', () => endSoon(to))
}

/** Ends a connection once it has taken in what it was told last. */
function endSoon(stream: Duplex): void {
  if (stream.destroyed) return
  if (!(stream instanceof Socket)) return void stream.destroy()
  stream.setTimeout(flushTimeoutMs, () => stream.destroy())
  stream.destroySoon()
}

function ignore(): void {}
