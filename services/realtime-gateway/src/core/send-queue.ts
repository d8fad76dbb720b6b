import { type Bus, BusUnavailable } from '@belay/bus'
import { AppendMessages, type MessageType, type QuestionInput, type QuestionOutput } from '@belay/contracts'
import type { Logger } from 'pino'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Subscription } from './subscription.ts'

const maxMessages = 500
/** Question and answer must each fit into one message of NATS (1 MiB), escaped in JSON at worst. */
const maxBytes = 768 * 1024
const bytesPerCharacter = 6
const bytesAround = 512
/** Messages of all connections that may wait. */
const maxWaiting = 10_000
/** A question that takes longer no longer holds up the others: one chat process of several may hang. */
const slowMs = 250

/** A message on its way to the log. */
export interface Send {
  subscription: Subscription
  body: string
  clientMsgId: string | null
  /** Of direct conversations; text by default. */
  messageType?: MessageType
}

/** The chat's answer for one message. */
export type AppendOutcome = QuestionOutput<typeof AppendMessages>['outcomes'][number]

export interface SendQueueOptions<Waiting extends Send> {
  bus: Pick<Bus, 'ask'>
  counters: Counters
  log: Pick<Logger, 'debug' | 'error'>
  /** Messages of one connection that may wait. */
  maxPerConnection: number
  /**
   * Called once for each message, in the order in which its connection sent them; undefined when the chat did not
   * answer.
   */
  settle: (send: Waiting, outcome: AppendOutcome | undefined) => void
}

interface Pending<Waiting> {
  waiting: Waiting[]
  inFlight: boolean
}

/**
 * Messages that clients sent, on their way to the chat service. One question is on its way at a time, and what arrives
 * meanwhile travels in the next one. A connection whose messages are on their way waits for them, which keeps its order.
 */
export class SendQueue<Waiting extends Send> {
  readonly #options: SendQueueOptions<Waiting>
  /** Connections that have something waiting or on its way. */
  readonly #pending = new Map<Connection, Pending<Waiting>>()
  readonly #ready = new Set<Connection>()
  #waiting = 0
  /** Questions on their way that are not slow yet. */
  readonly #asking = new Set<object>()
  #scheduled = false

  constructor(options: SendQueueOptions<Waiting>) {
    this.#options = options
  }

  /** Returns false when too much is waiting already. */
  submit(send: Waiting): boolean {
    const { connection } = send.subscription
    const pending = this.#pending.get(connection) ?? { waiting: [], inFlight: false }
    if (pending.waiting.length >= this.#options.maxPerConnection || this.#waiting >= maxWaiting) return false
    pending.waiting.push(send)
    this.#waiting += 1
    this.#pending.set(connection, pending)
    if (!pending.inFlight) this.#schedule(connection)
    return true
  }

  /** Messages that wait for their turn. */
  get waiting(): number {
    return this.#waiting
  }

  #schedule(connection: Connection): void {
    this.#ready.add(connection)
    this.#flushSoon()
  }

  /** In the next turn, so that messages that arrive together travel together. */
  #flushSoon(): void {
    if (this.#scheduled || this.#asking.size > 0 || this.#ready.size === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    const batch = new Batch<Waiting>()
    for (const connection of this.#ready) {
      const pending = this.#pending.get(connection)
      const first = pending?.waiting[0]
      if (first !== undefined && !batch.fits(first)) break
      this.#ready.delete(connection)
      if (pending === undefined || first === undefined) continue
      pending.inFlight = true
      this.#waiting -= batch.take(connection, pending.waiting)
    }
    if (batch.sends.length > 0) void this.#dispatch(batch)
  }

  async #dispatch(batch: Batch<Waiting>): Promise<void> {
    const { counters, settle } = this.#options
    counters.appendRequests += 1
    counters.appendedMessages += batch.sends.length
    const outcomes = await this.#hold(this.#ask(batch))
    for (const [index, send] of batch.sends.entries()) {
      const outcome = outcomes[index]
      settle(send, outcome)
      // The client is answered before it gets what follows.
      if (outcome?.ok !== true) await Promise.resolve()
    }
    for (const connection of batch.connections) this.#release(connection)
  }

  /** Lets the next question begin when this one is answered, or slow. */
  async #hold<Answer>(question: Promise<Answer>): Promise<Answer> {
    const token = {}
    const next = () => {
      if (this.#asking.delete(token)) this.#flushSoon()
    }
    this.#asking.add(token)
    const timer = setTimeout(next, slowMs)
    const answer = await question
    clearTimeout(timer)
    next()
    return answer
  }

  #release(connection: Connection): void {
    const pending = this.#pending.get(connection)
    if (pending === undefined) return
    pending.inFlight = false
    if (pending.waiting.length > 0) this.#schedule(connection)
    else this.#pending.delete(connection)
  }

  async #ask(batch: Batch<Waiting>): Promise<AppendOutcome[]> {
    try {
      const { outcomes } = await this.#options.bus.ask(AppendMessages, { messages: batch.messages() })
      return outcomes
    } catch (error) {
      if (error instanceof BusUnavailable) this.#options.log.debug({ err: error }, 'messages cannot be sent now')
      else this.#options.log.error({ err: error }, 'sending messages failed')
      return []
    }
  }
}

/** Messages that travel in one request. */
class Batch<Waiting extends Send> {
  readonly sends: Waiting[] = []
  readonly connections: Connection[] = []
  #bytes = 0

  fits(send: Send): boolean {
    return this.sends.length < maxMessages && this.#bytes + weigh(send) <= maxBytes
  }

  /** Moves what fits from the front of `waiting` into this batch; returns the number of moved messages. */
  take(connection: Connection, waiting: Waiting[]): number {
    const before = this.sends.length
    for (let send = waiting[0]; send !== undefined && this.fits(send); send = waiting[0]) {
      waiting.shift()
      this.sends.push(send)
      this.#bytes += weigh(send)
    }
    this.connections.push(connection)
    return this.sends.length - before
  }

  messages(): QuestionInput<typeof AppendMessages>['messages'] {
    return this.sends.map(({ subscription, body, clientMsgId, messageType }) => ({
      thread_id: subscription.threadId,
      sender_id: subscription.userId,
      body,
      client_msg_id: clientMsgId,
      ...(messageType !== undefined && { message_type: messageType })
    }))
  }
}

function weigh(send: Send): number {
  return send.body.length * bytesPerCharacter + bytesAround
}
