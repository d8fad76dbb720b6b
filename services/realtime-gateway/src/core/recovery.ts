import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from './log.ts'
import { backoffMs } from './backoff.ts'
import type { Counters } from './counters.ts'
import type { History } from './history.ts'
import type { Subscription } from './connection.ts'

/** Live signals of several chat processes may overtake each other: most gaps close by themselves within this. */
const graceMs = 25

export interface RecoveryOptions {
  history: History
  counters: Counters
  log: Log
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

  /** Recovers a subscription that is behind, unless what it misses arrives at once. */
  soon(subscription: Subscription): void {
    if (!subscription.behind || subscription.recovering || subscription.ended) return
    this.#suspects.add(subscription)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const suspects = [...this.#suspects]
      this.#suspects.clear()
      for (const suspect of suspects) {
        if (!suspect.behind) continue
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
    while (subscription.behind && !subscription.ended && !signal.aborted) {
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
      const page = await history.after(threadId, asked)
      const before = subscription.at
      // It was rewound meanwhile: this page begins too late.
      if (before < asked) return true
      for (const message of page.messages) subscription.accept(message)
      subscription.note(page.lastSeq)
      counters.recovered += subscription.at - before
      // A long replay waits for its reader instead of filling its buffer.
      await subscription.connection.line.drained()
      return page.messages.length > 0
    } catch (error) {
      counters.recoveryFailures += 1
      log.warn({ err: error, thread_id: threadId }, 'messages cannot be read now, trying again')
      return false
    }
  }
}
