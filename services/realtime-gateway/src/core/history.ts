import type { Bus } from '@belay/bus'
import { ListMessagesAfter } from '@belay/contracts'
import { MessageBroadcast } from './broadcast.ts'
import type { Limiter } from './limiter.ts'

/** Messages per read: the longest texts of a whole page still fit into one reply of NATS (1 MiB). */
const pageSize = 50

/** One page of a thread's log. */
export interface HistoryPage {
  /** Oldest first. */
  messages: MessageBroadcast[]
  lastSeq: number
}

/** Reads of the message log. Subscriptions that miss the same messages share one read and its encoded frames. */
export class History {
  readonly #bus: Pick<Bus, 'ask'>
  readonly #limiter: Limiter
  readonly #inFlight = new Map<string, Promise<HistoryPage>>()

  constructor(options: { bus: Pick<Bus, 'ask'>; limiter: Limiter }) {
    this.#bus = options.bus
    this.#limiter = options.limiter
  }

  /** The messages after a `seq`. @throws BusUnavailable, RemoteError */
  after(threadId: string, seq: number): Promise<HistoryPage> {
    const key = `${threadId}/${seq}`
    const shared = this.#inFlight.get(key)
    if (shared !== undefined) return shared
    const read = this.#limiter.run(() => this.#read(threadId, seq)).finally(() => this.#inFlight.delete(key))
    this.#inFlight.set(key, read)
    return read
  }

  async #read(threadId: string, seq: number): Promise<HistoryPage> {
    const page = await this.#bus.ask(ListMessagesAfter, { thread_id: threadId, after_seq: seq, limit: pageSize })
    return { messages: page.messages.map((message) => new MessageBroadcast(message)), lastSeq: page.last_seq }
  }
}
