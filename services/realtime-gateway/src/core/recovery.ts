import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import type { Bus } from '@belay/bus'
import { ListMessagesAfter, type LogStamp } from '@belay/contracts'
import pLimit from 'p-limit'
import type { Logger } from 'pino'
import { type CloseReason, MessageBroadcast } from './codec.ts'
import type { Counters } from './counters.ts'
import type { Subscription } from './subscription.ts'

/** Live signals of several chat processes may overtake each other: most gaps close by themselves within this. */
const graceMs = 25
const firstRetryMs = 250
const longestRetryMs = 5_000
/** Reads of the log on their way at once: a crowd that comes back queues up here. */
const maxReads = 32
/** Messages per read: the longest texts of a whole page still fit into one reply of NATS (1 MiB). */
const pageSize = 50
/** The most that one question may ask for. */
const maxReaders = 1_000

export interface RecoveryOptions {
  bus: Pick<Bus, 'ask'>
  counters: Counters
  log: Pick<Logger, 'warn'>
  /** 0 ≤ n < 1. */
  random: () => number
}

/** Brings subscriptions that missed something up to date from the message log, and retries until it has. */
export class Recovery {
  readonly #options: RecoveryOptions
  readonly #log: LogReader
  readonly #stopping = new AbortController()
  readonly #suspects = new Set<Subscription>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: RecoveryOptions) {
    this.#options = options
    this.#log = new LogReader(options.bus)
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
      await pause(retryMs(failures, this.#options.random), undefined, { signal }).catch(() => undefined)
    }
    subscription.recovering = false
  }

  /** Returns whether the subscription got further. */
  async #readPage(subscription: Subscription): Promise<boolean> {
    const { counters, log } = this.#options
    const { threadId, userId } = subscription
    try {
      const asked = subscription.at
      // A doubt from here on may be newer than the page, which then cannot settle it.
      subscription.doubtful = false
      const page = await this.#log.after(threadId, asked, userId)
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
  #apply(subscription: Subscription, page: LogPage, asked: number): void {
    if (subscription.ended) return
    const reason = page.ended.get(subscription.userId)
    if (reason !== undefined) return subscription.close(reason)
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

/** Returns how long to wait after so many failures in a row (1, 2, …): doubling up to 5 s, spread at random. */
export function retryMs(failures: number, random: () => number): number {
  const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10))
  return waitMs * (0.5 + random())
}

/** One page of a thread's log. Messages, stamp and memberships are of one instant. */
interface LogPage {
  /** Oldest first. */
  messages: MessageBroadcast[]
  lastSeq: number
  /** The readers who are not in `ended` are members at this version. */
  stamp: LogStamp
  /** Readers who may see none of it. */
  ended: ReadonlyMap<string, CloseReason>
}

/** Reads the message log. Subscriptions that miss the same messages share one read and its encoded frames. */
class LogReader {
  readonly #bus: Pick<Bus, 'ask'>
  readonly #limit = pLimit(maxReads)
  /** Reads that have not been asked for yet. One on its way takes no more readers: it may be older than they are. */
  readonly #waiting = new Map<string, { readerIds: Set<string>; page: Promise<LogPage> }>()

  constructor(bus: Pick<Bus, 'ask'>) {
    this.#bus = bus
  }

  /** Resolves with the messages after a `seq`, as this reader may see them. @throws BusUnavailable, RemoteError */
  after(threadId: string, seq: number, readerId: string): Promise<LogPage> {
    const key = `${threadId}/${seq}`
    const known = this.#waiting.get(key)
    if (known !== undefined && known.readerIds.size < maxReaders) {
      known.readerIds.add(readerId)
      return known.page
    }
    const readerIds = new Set([readerId])
    const page = this.#limit(async () => {
      await turn()
      if (this.#waiting.get(key)?.readerIds === readerIds) this.#waiting.delete(key)
      return this.#read(threadId, seq, [...readerIds])
    })
    this.#waiting.set(key, { readerIds, page })
    return page
  }

  async #read(thread_id: string, after_seq: number, reader_ids: string[]): Promise<LogPage> {
    const page = await this.#bus.ask(ListMessagesAfter, { thread_id, after_seq, limit: pageSize, reader_ids })
    return {
      messages: page.messages.map((message) => new MessageBroadcast(message)),
      lastSeq: page.last_seq,
      stamp: page.stamp,
      ended: new Map(page.ended.map(({ user_id, reason }) => [user_id, reason]))
    }
  }
}
