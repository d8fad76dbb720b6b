import type { EventEnvelope } from '@belay/contracts'
import type { OutboxItem } from './outbox.repository.ts'
import { publishInOrder } from './publish-in-order.ts'

/**
 * The short way of an event: from the process that committed it straight to the stream, in the order of the commits.
 * It may give up at any time, since everything in it is pending in the outbox as well. After a failure, or when it is
 * full, it closes: events then travel by the sweeper, in order, until the sweeper opens it again.
 */
export interface DirectLane {
  push(items: readonly OutboxItem[]): void
  /** Forgets what waits in a closed lane: it is about to be swept. */
  beginSweep(): void
  /** Opens the lane after a sweep that left nothing; false when it filled up meanwhile and has to be swept again. */
  reopen(swept: ReadonlySet<number>): boolean
  /** Publishes what is queued, then stays shut. */
  stop(): Promise<void>
}

export interface DirectLaneOptions {
  publish: (envelope: EventEnvelope) => Promise<void>
  onPublished: (positions: number[]) => void
  onClosed: (reason: unknown) => void
  batchMax: number
  queueMax: number
}

export function createDirectLane(options: DirectLaneOptions): DirectLane {
  let queue: OutboxItem[] = []
  let closed = false
  let overflowed = false
  let stopped = false
  let draining: Promise<void> | undefined

  function close(reason: unknown) {
    closed = true
    overflowed = true
    queue = []
    options.onClosed(reason)
  }
  async function drain() {
    while (!closed && queue.length > 0) {
      const batch = queue.splice(0, options.batchMax)
      const outcome = await publishInOrder(batch, options.publish, { probe: false })
      options.onPublished(outcome.done.map((item) => item.position))
      if (outcome.failed && !closed) close(outcome.error)
    }
    draining = undefined
  }
  function kick() {
    if (!closed && queue.length > 0) draining ??= drain()
  }
  return {
    push(items) {
      if (stopped || items.length === 0) return
      if (queue.length + items.length <= options.queueMax) queue.push(...items)
      else if (closed) overflowed = true
      else close(undefined)
      kick()
    },
    beginSweep() {
      if (!closed) return
      queue = []
      overflowed = false
    },
    reopen(swept) {
      if (!closed) return true
      if (overflowed) return false
      closed = false
      queue = queue.filter((item) => !swept.has(item.position))
      kick()
      return true
    },
    async stop() {
      stopped = true
      await draining
      closed = true
      queue = []
    }
  }
}
