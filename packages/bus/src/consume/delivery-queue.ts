import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** A bounded queue between one reader, which waits for room first, and one worker, which takes everything that has gathered. */
export class DeliveryQueue<Item> {
  readonly #capacity: number
  #items: Item[] = []
  #closed = false
  #arrival: PromiseWithResolvers<void> | undefined
  #departure: PromiseWithResolvers<void> | undefined
  /** Over when the next items may be taken though there are few. */
  #rest: Promise<void> = Promise.resolve()
  #enough: { count: number; resolve: () => void } | undefined

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
    if (this.#enough !== undefined && this.#items.length >= this.#enough.count) this.#enough.resolve()
    return true
  }

  /**
   * Waits for the first item and takes up to `max`; undefined once closed. What comes within `gatherMs` of the last time
   * gathers until then, or until `max` are there; what comes after a pause is taken at once.
   */
  async take(max: number, gatherMs = 0): Promise<Item[] | undefined> {
    if (this.#items.length === 0 && !this.#closed) {
      this.#arrival = Promise.withResolvers()
      await this.#arrival.promise
      this.#arrival = undefined
      // The rest of the same network read is parsed within this turn.
      await nextTurn()
    }
    if (gatherMs > 0 && this.#items.length < max && !this.#closed) await this.#gather(max)
    if (this.#closed) return undefined
    const taken = this.#items.splice(0, max)
    if (gatherMs > 0) this.#rest = sleep(gatherMs, undefined, { ref: false })
    this.#wakeReader()
    return taken
  }

  /** Ends every wait and returns the items that were not taken. */
  close(): Item[] {
    this.#closed = true
    this.#arrival?.resolve()
    this.#enough?.resolve()
    this.#wakeReader()
    return this.#items.splice(0)
  }

  async #gather(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#enough = { count, resolve }
    void this.#rest.then(resolve)
    await promise
    this.#enough = undefined
  }

  #wakeReader(): void {
    this.#departure?.resolve()
    this.#departure = undefined
  }
}
