import type { Duplex } from 'node:stream'

/** Collects what is written to each stream within one turn of the event loop into one write to the network. */
export class Corks {
  readonly #corked = new Set<Duplex>()
  #scheduled = false

  /** Holds the stream's writes back until this turn ends. */
  hold(stream: Duplex): void {
    if (this.#corked.has(stream)) return
    stream.cork()
    this.#corked.add(stream)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      for (const each of this.#corked) each.uncork()
      this.#corked.clear()
    })
  }

  /** Writes what was held back of this stream now. */
  flush(stream: Duplex): void {
    if (this.#corked.delete(stream)) stream.uncork()
  }
}
