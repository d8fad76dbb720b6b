import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from './log.ts'
import { backoffMs } from './backoff.ts'
import type { Counters } from './counters.ts'
import type { History, HistoryPage } from './history.ts'
import type { CloseReason } from './codec.ts'
import type { Subscription } from './connection.ts'

/** Live signals of several chat processes may overtake each other: most gaps close by themselves within this. */
const graceMs = 25

export interface RecoveryOptions {
  history: History
  counters: Counters
  log: Log
  /** Takes a subscription away from its connection. */
  endThread: (subscription: Subscription, ending: CloseReason) => void
  /** 0 ≤ n < 1. */
  random: () => number
}

/** Brings subscriptions that missed something up to date from the message log, and does not give up. */
export class Recovery {
  readonly #options: RecoveryOptions
  readonly #stopping = new AbortController()
  readonly #suspects = new Set<Subscription>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Recovers a stale subscription, unless what it misses arrives at once. */
  soon(subscription: Subscription): void {
    if (!subscription.stale || subscription.recovering) return
    this.#suspects.add(subscription)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const suspects = [...this.#suspects]
      this.#suspects.clear()
      for (const suspect of suspects) {
        if (!suspect.stale) continue
        this.#options.counters.gaps += 1
        this.now(suspect)
      }
    }, graceMs)
  }

  /** Recovers a subscription now; one recovery at a time for each. */
  now(subscription: Subscription): void {
    if (!subscription.recovering) void this.#recover(subscription)
  }

  stop(): void {
    this.#stopping.abort()
    clearTimeout(this.#timer)
  }

  async #recover(subscription: Subscription): Promise<void> {
    const { signal } = this.#stopping
    subscription.recovering = true
    let failures = 0
    while (subscription.stale && !signal.aborted) {
      failures = (await this.#readPage(subscription)) ? 0 : failures + 1
      if (failures === 0) continue
      const waitMs = backoffMs(failures, this.#options.random)
      await pause(waitMs, undefined, { signal }).catch(() => undefined)
    }
    subscription.recovering = false
  }

  /** Whether it got further. */
  async #readPage(subscription: Subscription): Promise<boolean> {
    const { history, counters, log } = this.#options
    const { threadId } = subscription.channel
    try {
      const asked = subscription.at
      // Whatever becomes doubtful from here on this page may be too old to settle.
      subscription.doubtful = false
      const page = await history.after(threadId, asked, subscription.userId)
      this.#apply(subscription, page, asked)
      // A long replay waits for its reader instead of filling its buffer.
      await subscription.connection.transport.drained()
      return page.messages.length > 0 || !subscription.behind
    } catch (error) {
      subscription.doubtful = true
      counters.recoveryFailures += 1
      log.warn({ err: error, thread_id: threadId }, 'messages cannot be read now, trying again')
      return false
    }
  }

  /** Takes a page that was read after the place `asked`. Much may have happened to the subscription meanwhile. */
  #apply(subscription: Subscription, page: HistoryPage, asked: number): void {
    if (subscription.ended) return
    const ending = page.ended.get(subscription.userId)
    if (ending !== undefined) return this.#options.endThread(subscription, ending)
    if (page.stamp.epoch !== subscription.epoch || page.lastSeq < asked) {
      return subscription.reset(page.stamp, page.lastSeq)
    }
    subscription.verify(page.stamp)
    subscription.note(page.lastSeq)
    const before = subscription.at
    // It was rewound: this page begins too late.
    if (before < asked) return
    for (const message of page.messages) subscription.accept(message)
    this.#options.counters.recovered += subscription.at - before
  }
}
