import { setImmediate as nextTurn } from 'node:timers/promises'
import { countEvents, type OutboxItem } from './outbox-row.ts'
import { type Publish, publishPipelined } from './publish-in-order.ts'

export interface DirectLaneOptions {
  publish: Publish
  onPublished: (positions: number[]) => void
  /** The lane has closed itself; `reason` is undefined when it was full. */
  onClosed: (reason: unknown) => void
  batchMax: number
  /** Most events that wait, those of batches counted one by one. */
  queueMax: number
}

/**
 * The short way of an event: from the process that committed it straight to the stream, in the order of the commits.
 * It may drop what it holds at any time, since everything in it is pending in the outbox as well. After a failure, or
 * when it is full, it closes: events then travel by the sweeper, in order, until the sweeper opens it again.
 */
export class DirectLane {
  readonly #options: DirectLaneOptions
  #queue: OutboxItem[] = []
  #waiting = 0
  #closed = false
  #overflowed = false
  #stopped = false
  #draining: Promise<void> | undefined

  constructor(options: DirectLaneOptions) {
    this.#options = options
  }

  push(items: readonly OutboxItem[]): void {
    if (this.#stopped || items.length === 0) return
    const count = countEvents(items)
    if (this.#waiting + count <= this.#options.queueMax) {
      this.#queue.push(...items)
      this.#waiting += count
    } else if (this.#closed) this.#overflowed = true
    else this.#close(undefined)
    this.#kick()
  }

  /** Drops what waits in a closed lane: it is committed, so the sweep that begins now will find it. */
  beginSweep(): void {
    if (!this.#closed) return
    this.#keep([])
    this.#overflowed = false
  }

  /** Opens the lane after a sweep that left nothing; false when it has overflowed since and must be swept again. */
  reopen(swept: ReadonlySet<number>): boolean {
    if (this.#overflowed) return false
    this.#closed = false
    this.#keep(this.#queue.filter((item) => !swept.has(item.position)))
    this.#kick()
    return true
  }

  /** Publishes what is queued, as far as the stream takes it, then stays shut. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#draining
    this.#keep([])
  }

  #close(reason: unknown): void {
    this.#closed = true
    this.#overflowed = true
    this.#keep([])
    this.#options.onClosed(reason)
  }

  #keep(items: OutboxItem[]): void {
    this.#queue = items
    this.#waiting = countEvents(items)
  }

  #kick(): void {
    if (!this.#closed && this.#queue.length > 0) this.#draining ??= this.#drain()
  }

  async #drain(): Promise<void> {
    // The callers that wait for the commit are answered first.
    await nextTurn()
    while (!this.#closed && this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#options.batchMax)
      this.#waiting -= countEvents(batch)
      const outcome = await publishPipelined(batch, this.#options.publish)
      this.#options.onPublished(outcome.done.map((item) => item.position))
      if (outcome.failed && !this.#closed) this.#close(outcome.error)
    }
    this.#draining = undefined
  }
}
