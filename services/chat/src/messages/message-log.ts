import type { Message } from '@belay/contracts'
import { isDatabaseUnavailable } from '@belay/db'
import type { Logger } from 'pino'
import { type AppendContext, appendMessages, type AppendOutcome } from './append-messages.ts'
import type { AppendInput } from './append.repository.ts'

/** At most this many sends wait in memory; more are refused, and their senders try again. */
const maxWaiting = 5_000
const maxBatch = 250
/** A second batch may read while the first one's commit is on its way to disk; more only add contention. */
const maxBatchesInFlight = 2
/** Messages of one live signal: that many of the longest ones stay well below what NATS carries at once. */
const maxPerSignal = 50

export interface MessageLogOptions extends AppendContext {
  log: Logger
  /** Gets the new messages of one thread, oldest first, once they are on disk. */
  publish: (threadId: string, messages: Message[]) => void
}

interface Waiting {
  input: AppendInput
  resolve: (outcome: AppendOutcome) => void
  reject: (error: unknown) => void
}

/**
 * The one way into the log for messages that people send. Gathers concurrent sends into batches without a timer: a send
 * that finds a free place goes at once, and whatever arrives while the batches in flight are being written travels with
 * the next one. A thread is in one batch at a time, so that its messages keep the order in which they came.
 */
export class MessageLog {
  readonly #options: MessageLogOptions
  #waiting: Waiting[] = []
  readonly #threadsInFlight = new Set<string>()
  #batchesInFlight = 0
  #scheduled = false

  constructor(options: MessageLogOptions) {
    this.#options = options
  }

  /** Resolves when the message is on disk, or with the reason why it was not taken. */
  append(input: AppendInput): Promise<AppendOutcome> {
    if (this.#waiting.length >= maxWaiting) {
      return Promise.resolve({ ok: false, reason: 'unavailable', detail: 'Too many messages are waiting' })
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, resolve, reject })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#batchesInFlight >= maxBatchesInFlight || this.#waiting.length === 0) return
    this.#scheduled = true
    // One turn of the event loop, so that the sends that arrived together travel together.
    setImmediate(() => {
      this.#scheduled = false
      const batch = this.#takeBatch()
      if (batch.length > 0) void this.#write(batch)
    })
  }

  #takeBatch(): Waiting[] {
    const batch: Waiting[] = []
    const rest: Waiting[] = []
    for (const one of this.#waiting) {
      const free = batch.length < maxBatch && !this.#threadsInFlight.has(one.input.thread_id)
      if (free) batch.push(one)
      else rest.push(one)
    }
    this.#waiting = rest
    return batch
  }

  async #write(batch: Waiting[]): Promise<void> {
    const threadIds = new Set(batch.map((one) => one.input.thread_id))
    this.#batchesInFlight += 1
    for (const id of threadIds) this.#threadsInFlight.add(id)
    this.#schedule()
    try {
      await this.#appendAll(batch)
    } catch (error) {
      await this.#retryOneByOne(batch, error)
    } finally {
      this.#batchesInFlight -= 1
      for (const id of threadIds) this.#threadsInFlight.delete(id)
      this.#schedule()
    }
  }

  async #appendAll(batch: Waiting[]): Promise<void> {
    const inputs = batch.map((one) => one.input)
    const outcomes = await appendMessages(this.#options, inputs)
    batch.forEach((one, index) => settle(one, outcomes[index]))
    for (const [threadId, messages] of newMessages(outcomes)) {
      for (let start = 0; start < messages.length; start += maxPerSignal) {
        this.#options.publish(threadId, messages.slice(start, start + maxPerSignal))
      }
    }
  }

  /** A batch that the database refused for one input's sake must not take its neighbours along. */
  async #retryOneByOne(batch: Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1 || isDatabaseUnavailable(error)) {
      for (const one of batch) one.reject(error)
      return
    }
    this.#options.log.warn({ err: error, size: batch.length }, 'a batch of messages failed; appending one by one')
    for (const one of batch) await this.#appendAll([one]).catch((cause: unknown) => one.reject(cause))
  }
}

function newMessages(outcomes: readonly AppendOutcome[]): Map<string, Message[]> {
  const fresh = outcomes.flatMap((outcome) => (outcome.ok && !outcome.repeated ? [outcome.message] : []))
  return Map.groupBy(fresh, (message) => message.thread_id)
}

function settle(one: Waiting, outcome: AppendOutcome | undefined): void {
  if (outcome) one.resolve(outcome)
  else one.reject(new Error('a batch answered fewer outcomes than it had inputs'))
}
