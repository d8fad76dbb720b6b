import { isDatabaseUnavailable } from '@belay/db'
import type { Message } from '@belay/contracts'
import type { Logger } from 'pino'
import { type AppendContext, appendMessages, type AppendOutcome } from './append-messages.ts'
import type { AppendInput } from './append.repository.ts'

/** At most this many sends wait in memory; more are refused, and their senders try again. */
const maxWaiting = 5_000
const maxBatch = 250
/** A second batch may gather facts while the first one's commit is on its way to disk; more only adds contention. */
const maxBatchesInFlight = 2

export interface MessageLogOptions extends AppendContext {
  log: Logger
  /** Called after the senders have their answers, with the new messages of one thread, oldest first. */
  publish: (threadId: string, messages: Message[]) => void
}

/** The one way into the log for messages that people send. */
export interface MessageLog {
  /** Resolves when the message is on disk, or with the reason why it was not taken. */
  append(input: AppendInput): Promise<AppendOutcome>
}

interface Waiting {
  input: AppendInput
  resolve: (outcome: AppendOutcome) => void
  reject: (error: unknown) => void
}

/**
 * Gathers concurrent sends into batches without a timer: a send that finds a free place goes at once, and whatever
 * arrives while the batches in flight are being written travels with the next one.
 */
export function createMessageLog(options: MessageLogOptions): MessageLog {
  const waiting: Waiting[] = []
  let inFlight = 0
  let scheduled = false

  function schedule(): void {
    if (scheduled || inFlight >= maxBatchesInFlight || waiting.length === 0) return
    scheduled = true
    // One turn of the event loop, so that the sends that arrived together travel together.
    setImmediate(() => {
      scheduled = false
      void write(waiting.splice(0, maxBatch))
      schedule()
    })
  }

  async function write(batch: Waiting[]): Promise<void> {
    if (batch.length === 0) return
    inFlight += 1
    try {
      const outcomes = await appendMessages(
        options,
        batch.map((one) => one.input)
      )
      batch.forEach((one, index) => settle(one, outcomes[index]))
      publishNew(outcomes)
    } catch (error) {
      await retryOneByOne(batch, error)
    } finally {
      inFlight -= 1
      schedule()
    }
  }

  /** A batch that the database refused for one input's sake must not take its neighbours along. */
  async function retryOneByOne(batch: Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1 || isDatabaseUnavailable(error)) {
      for (const one of batch) one.reject(error)
      return
    }
    options.log.warn({ err: error, size: batch.length }, 'batch of messages failed; appending one by one')
    for (const one of batch) {
      try {
        const outcomes = await appendMessages(options, [one.input])
        settle(one, outcomes[0])
        publishNew(outcomes)
      } catch (cause) {
        one.reject(cause)
      }
    }
  }

  function publishNew(outcomes: AppendOutcome[]): void {
    const byThread = new Map<string, Message[]>()
    for (const outcome of outcomes) {
      if (!outcome.ok || outcome.repeated) continue
      const messages = byThread.get(outcome.message.thread_id)
      if (messages) messages.push(outcome.message)
      else byThread.set(outcome.message.thread_id, [outcome.message])
    }
    for (const [threadId, messages] of byThread) options.publish(threadId, messages)
  }

  return {
    append(input) {
      if (waiting.length >= maxWaiting) {
        return Promise.resolve({ ok: false, reason: 'unavailable', detail: 'Too many messages are waiting' })
      }
      return new Promise((resolve, reject) => {
        waiting.push({ input, resolve, reject })
        schedule()
      })
    }
  }
}

function settle(one: Waiting, outcome: AppendOutcome | undefined): void {
  if (outcome) one.resolve(outcome)
  else one.reject(new Error('a batch answered fewer outcomes than it had inputs'))
}
