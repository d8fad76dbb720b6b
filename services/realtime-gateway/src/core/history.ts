import { setImmediate as turn } from 'node:timers/promises'
import type { Bus } from '@belay/bus'
import { ListMessagesAfter, type LogStamp } from '@belay/contracts'
import { MessageBroadcast } from './broadcast.ts'
import type { CloseReason } from './codec.ts'
import type { Limiter } from './limiter.ts'

/** Messages per read: the longest texts of a whole page still fit into one reply of NATS (1 MiB). */
const pageSize = 50
/** The most that one question may ask for. */
const maxReaders = 1_000

/** One page of a thread's log. Messages, stamp and memberships are of one instant. */
export interface HistoryPage {
  /** Oldest first. */
  messages: MessageBroadcast[]
  lastSeq: number
  /** The readers who are not in `ended` are members at this version. */
  stamp: LogStamp
  /** Readers who may see none of it. */
  ended: ReadonlyMap<string, CloseReason>
}

interface Gathering {
  readerIds: Set<string>
  page: Promise<HistoryPage>
}

/** Reads of the message log. Subscriptions that miss the same messages share one read and its encoded frames. */
export class History {
  readonly #bus: Pick<Bus, 'ask'>
  readonly #limiter: Limiter
  /** Reads that were not asked for yet. One that is on its way takes no more readers: it may be older than they are. */
  readonly #gathering = new Map<string, Gathering>()

  constructor(options: { bus: Pick<Bus, 'ask'>; limiter: Limiter }) {
    this.#bus = options.bus
    this.#limiter = options.limiter
  }

  /** The messages after a `seq`, as this reader may see them when they are read. @throws BusUnavailable, RemoteError */
  after(threadId: string, seq: number, readerId: string): Promise<HistoryPage> {
    const key = `${threadId}/${seq}`
    const known = this.#gathering.get(key)
    if (known !== undefined && known.readerIds.size < maxReaders) {
      known.readerIds.add(readerId)
      return known.page
    }
    const readerIds = new Set([readerId])
    const page = this.#limiter.run(async () => {
      await turn()
      if (this.#gathering.get(key)?.readerIds === readerIds) this.#gathering.delete(key)
      return this.#read(threadId, seq, [...readerIds])
    })
    this.#gathering.set(key, { readerIds, page })
    return page
  }

  async #read(thread_id: string, after_seq: number, reader_ids: string[]): Promise<HistoryPage> {
    const page = await this.#bus.ask(ListMessagesAfter, { thread_id, after_seq, limit: pageSize, reader_ids })
    return {
      messages: page.messages.map((message) => new MessageBroadcast(message)),
      lastSeq: page.last_seq,
      stamp: page.stamp,
      ended: new Map(page.ended.map(({ user_id, reason }) => [user_id, reason]))
    }
  }
}
