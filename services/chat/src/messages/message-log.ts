import { isDatabaseUnavailable } from '@belay/db'
import type { Logger } from 'pino'
import { type AppendContext, appendMessages, type AppendOutcome, type LogInput } from './append-messages.ts'
import type { AppendInput } from './append.repository.ts'
import type { Replayed } from './keyed-sends.ts'
import type { SendCounts } from './send-counts.ts'
import type { Written } from './written.ts'

/** At most this many sends wait in memory; further ones are refused, and their senders retry. */
const maxWaiting = 5_000
const maxBatch = 250
/** What a batch causes travels in one message of NATS (1 MiB): its events, and its live signal. */
const maxBatchBytes = 900 * 1024
/** A character is at most six bytes in JSON. */
const bytesPerCharacter = 6
/** An event around the text of its message, with 50 members. */
const bytesAround = 2_800

export interface MessageLogOptions extends AppendContext {
  log: Logger
  counts: SendCounts
  /** Called with the new messages of one commit by thread, oldest first, once they are on disk. */
  publish: (written: ReadonlyMap<string, Written>) => void
}

type Outcome = AppendOutcome | Replayed

interface Waiting {
  input: LogInput
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

/**
 * Appends the messages that people send. Gathers concurrent sends into batches without a timer: a single send is written at
 * once, and sends that arrive while a batch is being written form the next one. One batch at a time keeps the messages of a
 * thread in the order in which they arrived, and makes each batch worth its commit.
 */
export class MessageLog {
  readonly #options: MessageLogOptions
  readonly #waiting: Waiting[] = []
  #writing = false

  constructor(options: MessageLogOptions) {
    this.#options = options
  }

  /** Resolves when the message is on disk, or with the reason for refusing it, or with the earlier response of its call. */
  append(input: AppendInput & { keyed?: undefined }): Promise<AppendOutcome>
  append(input: LogInput): Promise<Outcome>
  append(input: LogInput): Promise<Outcome> {
    if (this.#waiting.length >= maxWaiting) {
      const refusal = { ok: false, reason: 'unavailable', detail: 'Too many messages are waiting' } as const
      this.#options.counts.decided(refusal)
      return Promise.resolve(refusal)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, resolve, reject })
      if (!this.#writing) void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      // One turn of the event loop, so that sends that arrive together are in one batch.
      await new Promise(setImmediate)
      await this.#write(this.#waiting.splice(0, this.#nextBatchSize()))
    }
    this.#writing = false
  }

  /** At least 1. */
  #nextBatchSize(): number {
    let size = 0
    let bytes = 0
    for (const { input } of this.#waiting.slice(0, maxBatch)) {
      bytes += input.body.length * bytesPerCharacter + bytesAround
      if (bytes > maxBatchBytes && size > 0) break
      size += 1
    }
    return size
  }

  async #write(batch: Waiting[]): Promise<void> {
    try {
      await this.#appendAll(batch)
    } catch (error) {
      await this.#retryOneByOne(batch, error)
    }
  }

  async #appendAll(batch: Waiting[]): Promise<void> {
    const inputs = batch.map((one) => one.input)
    const outcomes = await appendMessages(this.#options, inputs)
    batch.forEach((one, index) => settle(one, outcomes[index]))
    for (const outcome of outcomes) this.#options.counts.decided(outcome)
    this.#publish(outcomes)
  }

  /** Never throws: the messages are on disk, and a retry after a lost signal would append them twice. */
  #publish(outcomes: readonly Outcome[]): void {
    try {
      this.#options.publish(newMessages(outcomes))
    } catch (error) {
      this.#options.log.error({ err: error }, 'a live signal was not sent; sockets catch up by seq')
    }
  }

  /** If the database rejects one input of a batch, the others are still appended. */
  async #retryOneByOne(batch: Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1 || isDatabaseUnavailable(error)) {
      this.#reject(batch, error)
      return
    }
    this.#options.log.warn({ err: error, size: batch.length }, 'a batch of messages failed; appending one by one')
    for (const one of batch) await this.#appendAll([one]).catch((cause: unknown) => this.#reject([one], cause))
  }

  #reject(batch: readonly Waiting[], error: unknown): void {
    this.#options.counts.failed(batch.length)
    for (const one of batch) one.reject(error)
  }
}

/** Returns the new messages by thread; one transaction wrote them, so each thread has one stamp. */
function newMessages(outcomes: readonly Outcome[]): Map<string, Written> {
  const byThread = new Map<string, Written>()
  for (const outcome of outcomes) {
    if (!('message' in outcome) || outcome.repeated) continue
    const { message, stamp } = outcome
    const written = byThread.get(message.thread_id)
    if (written === undefined) byThread.set(message.thread_id, { messages: [message], stamp })
    else written.messages.push(message)
  }
  return byThread
}

function settle(one: Waiting, outcome: Outcome | undefined): void {
  if (outcome) one.resolve(outcome)
  else one.reject(new Error('a batch had fewer outcomes than inputs'))
}
