import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** How long the last bytes of one side may take to reach the other, in milliseconds. */
const flushTimeoutMs = 10_000
/** When stopping: sockets that the realtime gateway has not closed by then are closed here. */
const drainTimeoutMs = 4_000

/** Pairs of connections: bytes from one side are written to the other, and when one closes so does the other. */
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

  /** Resolves when all are closed; closes the remaining ones after a timeout. */
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
  // Ignored: a connection that breaks also emits `close`, which is handled.
  from.on('error', ignore)
  if (from.destroyed) endSoon(to)
  else from.once('close', () => endSoon(to))
}

/** Ends a connection once it has flushed its last bytes. */
function endSoon(stream: Duplex): void {
  if (stream.destroyed) return
  if (!(stream instanceof Socket)) return void stream.destroy()
  stream.setTimeout(flushTimeoutMs, () => stream.destroy())
  stream.destroySoon()
}

function ignore(): void {}
