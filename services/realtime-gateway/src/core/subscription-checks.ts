import type { Bus } from '@belay/bus'
import { CheckSubscriptions } from '@belay/contracts'
import type { Logger } from 'pino'
import { retryMs } from './recovery.ts'
import type { Threads } from './threads.ts'

/** The most that one question may ask about. */
const batchSize = 1_000
/** Chat processes may come back a little later than we do; what they wrote until then is found by a second look. */
const secondLookMs = 2_000

/** What is to be checked soon waits this long, to be checked by one question. */
const soonMs = 100

/** A person and a thread that they have joined here. */
export interface JoinedPair {
  thread_id: string
  user_id: string
}

export interface SubscriptionChecksOptions {
  bus: Pick<Bus, 'ask'>
  threads: Threads
  log: Pick<Logger, 'debug'>
  /** A whole round of all subscriptions takes about this long. */
  intervalMs: number
  /** 0 ≤ n < 1. */
  random: () => number
}

/**
 * Asks the chat service, all the time and slowly, where the threads stand and who is still in them: the effect of a lost
 * live signal is repaired within one round, and at once after NATS was away.
 */
export class SubscriptionChecks {
  readonly #options: SubscriptionChecksOptions
  #stopped = false
  #urgent = false
  #wake: (() => void) | undefined
  /** To be checked in a moment. */
  #soon: JoinedPair[] = []

  constructor(options: SubscriptionChecksOptions) {
    this.#options = options
  }

  start(): void {
    void this.#run()
  }

  /**
   * Checks subscriptions in a moment, and all of them when the chat does not answer: something may have been written before
   * this process listened, or without a signal.
   */
  soon(pairs: readonly JoinedPair[]): void {
    if (this.#stopped || pairs.length === 0) return
    if (this.#soon.length === 0) setTimeout(() => void this.#checkSoon(), soonMs)
    this.#soon.push(...pairs)
  }

  /** Checks every subscription now. */
  runNow(): void {
    this.#urgent = true
    this.#wake?.()
  }

  stop(): void {
    this.#stopped = true
    this.#wake?.()
  }

  async #run(): Promise<void> {
    const { intervalMs, random } = this.#options
    let failures = 0
    await this.#wait(intervalMs * random())
    while (!this.#stopped) {
      const urgent = this.#urgent || failures > 0
      this.#urgent = false
      failures = (await this.#round(urgent ? 0 : intervalMs)) ? 0 : failures + 1
      if (failures > 0) await this.#wait(retryMs(failures, random))
      else if (urgent && !(await this.#wait(secondLookMs)) && !this.#stopped) await this.#round(0)
    }
  }

  /** Checks every subscription, spread over `paceMs`. Returns false when the chat service cannot answer now. */
  async #round(paceMs: number): Promise<boolean> {
    const pairs = this.#options.threads.listJoined()
    const batches = Math.max(1, Math.ceil(pairs.length / batchSize))
    try {
      for (let index = 0; index < batches; index += 1) {
        const batch = pairs.slice(index * batchSize, (index + 1) * batchSize)
        if (batch.length > 0) await this.#check(batch)
        const waitMs = (paceMs / batches) * (0.75 + this.#options.random() / 2)
        if (paceMs > 0 && (await this.#wait(waitMs))) return true
      }
      return true
    } catch (error) {
      this.#options.log.debug({ err: error }, 'subscriptions cannot be checked now, trying again')
      return false
    }
  }

  async #checkSoon(): Promise<void> {
    const pairs = this.#soon
    this.#soon = []
    try {
      for (let from = 0; from < pairs.length; from += batchSize) await this.#check(pairs.slice(from, from + batchSize))
    } catch (error) {
      this.#options.log.debug({ err: error }, 'subscriptions cannot be checked now; a round of all of them does')
      this.runNow()
    }
  }

  async #check(subscriptions: JoinedPair[]): Promise<void> {
    const { bus, threads } = this.#options
    const { epoch, threads: ends, ended } = await bus.ask(CheckSubscriptions, { subscriptions })
    if (this.#stopped) return
    for (const { thread_id, user_id } of ended) threads.suspect(thread_id, user_id)
    for (const { thread_id, last_seq } of ends) threads.note(thread_id, { epoch, lastSeq: last_seq })
  }

  /** Returns whether a round became urgent before the time was over. */
  async #wait(ms: number): Promise<boolean> {
    if (this.#stopped || this.#urgent) return this.#urgent
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    return this.#urgent
  }
}
