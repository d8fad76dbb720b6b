/** Entries ahead of a gap that are kept until it is filled; more are fetched again. */
const maxHeld = 50

/**
 * A reader's place in a log whose entries are numbered from 1 without gaps.
 *
 * `deliver` is called with each number after the starting place once and in order, in whichever order and however often
 * entries arrive. Live sources may lose, repeat and overtake: entries beyond a gap are kept aside and `behind` turns true,
 * until the missing ones are taken from the log itself.
 */
export abstract class Watermark<Entry extends { readonly seq: number }> {
  /** Last delivered; undefined before the reader was placed. */
  #at: number | undefined
  /** Highest number known to exist. */
  #end = 0
  #held: Map<number, Entry> | undefined

  protected abstract deliver(entry: Entry): void

  /** The last number delivered. */
  get at(): number {
    return this.#at ?? 0
  }

  /** The highest number known to exist. */
  get end(): number {
    return this.#end
  }

  /** Whether the log is known to hold more than was delivered. */
  get behind(): boolean {
    return this.#at !== undefined && this.#at < this.#end
  }

  /** Begins after `seq`; entries that came before this call and continue from there are delivered. */
  place(seq: number): void {
    this.#at = seq
    for (const held of this.#held?.keys() ?? []) if (held <= seq) this.#held?.delete(held)
    this.#deliverHeld()
  }

  /** Begins again at the end of a log of which nothing is known but that it ends at `lastSeq`. */
  restart(lastSeq: number): void {
    this.#at = lastSeq
    this.#end = lastSeq
    this.#held = undefined
  }

  /** The log reaches to `lastSeq` at least. */
  note(lastSeq: number): void {
    if (lastSeq > this.#end) this.#end = lastSeq
  }

  /** Takes an entry from a live source: the next is delivered, an old one dropped, one beyond a gap kept aside. */
  offer(entry: Entry): void {
    this.note(entry.seq)
    if (this.#at !== undefined && entry.seq <= this.#at) return
    if (this.#at !== undefined && entry.seq === this.#at + 1) {
      this.#advance(entry)
      this.#deliverHeld()
      return
    }
    this.#held ??= new Map()
    if (this.#held.size < maxHeld) this.#held.set(entry.seq, entry)
  }

  /** Takes an entry read from the log after the last delivered one. The log is the truth: it has no gaps to wait for. */
  accept(entry: Entry): void {
    this.note(entry.seq)
    if (entry.seq <= this.at) return
    this.#advance(entry)
    this.#deliverHeld()
  }

  /** Delivers what was kept aside and is due now. */
  #deliverHeld(): void {
    if (this.#held === undefined) return
    for (let next = this.#held.get(this.at + 1); next !== undefined; next = this.#held.get(this.at + 1)) {
      this.#advance(next)
    }
    if (!this.behind) this.#held = undefined
  }

  #advance(entry: Entry): void {
    this.#held?.delete(entry.seq)
    this.#at = entry.seq
    this.deliver(entry)
  }
}
