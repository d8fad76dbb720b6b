import { setImmediate as nextTurn } from 'node:timers/promises'

/** A bounded queue between one reader and one worker that takes whatever has gathered. */
export class DeliveryQueue<Item> {
  readonly #capacity: number
  #items: Item[] = []
  #closed = false
  #arrival: PromiseWithResolvers<void> | undefined
  #space: PromiseWithResolvers<void> | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Adds an item and waits until there is room for the next one. False when closed: the item was not taken. */
  async push(item: Item): Promise<boolean> {
    if (this.#closed) return false
    this.#items.push(item)
    this.#arrival?.resolve()
    if (this.#items.length >= this.#capacity) {
      this.#space ??= Promise.withResolvers()
      await this.#space.promise
    }
    return true
  }

  /** Waits for the first item and takes up to `max` of those there; undefined once closed. */
  async take(max: number): Promise<Item[] | undefined> {
    if (this.#items.length === 0 && !this.#closed) {
      this.#arrival = Promise.withResolvers()
      await this.#arrival.promise
      this.#arrival = undefined
      // The rest of the same network read is parsed within this turn.
      await nextTurn()
    }
    if (this.#closed) return undefined
    const taken = this.#items.splice(0, max)
    this.#release()
    return taken
  }

  /** Ends every wait and returns what nobody took. */
  close(): Item[] {
    this.#closed = true
    this.#arrival?.resolve()
    this.#release()
    return this.#items.splice(0)
  }

  #release(): void {
    this.#space?.resolve()
    this.#space = undefined
  }
}
