import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** A bounded queue between one reader, which waits for room first, and one worker, which takes everything that has gathered. */
export class DeliveryQueue<Item> {
  readonly #capacity: number
  #items: Item[] = []
  #closed = false
  #arrival: PromiseWithResolvers<void> | undefined
  #departure: PromiseWithResolvers<void> | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Waits until so many items fit, or the queue is closed. */
  async room(count: number): Promise<void> {
    while (!this.#closed && this.#items.length + count > this.#capacity) {
      this.#departure ??= Promise.withResolvers()
      await this.#departure.promise
    }
  }

  /** False when closed: the item was not taken. */
  push(item: Item): boolean {
    if (this.#closed) return false
    this.#items.push(item)
    this.#arrival?.resolve()
    return true
  }

  /**
   * Waits for the first item, gathers for up to `gatherMs` unless `max` are there, and takes up to `max`; undefined once
   * closed.
   */
  async take(max: number, gatherMs = 0): Promise<Item[] | undefined> {
    if (this.#items.length === 0 && !this.#closed) {
      this.#arrival = Promise.withResolvers()
      await this.#arrival.promise
      this.#arrival = undefined
      // The rest of the same network read is parsed within this turn.
      await nextTurn()
    }
    if (gatherMs > 0 && this.#items.length < max && !this.#closed) await sleep(gatherMs)
    if (this.#closed) return undefined
    const taken = this.#items.splice(0, max)
    this.#wakeReader()
    return taken
  }

  /** Ends every wait and returns the items that were not taken. */
  close(): Item[] {
    this.#closed = true
    this.#arrival?.resolve()
    this.#wakeReader()
    return this.#items.splice(0)
  }

  #wakeReader(): void {
    this.#departure?.resolve()
    this.#departure = undefined
  }
}
