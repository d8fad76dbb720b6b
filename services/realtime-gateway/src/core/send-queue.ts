import { type Bus, BusUnavailable } from '@belay/bus'
import { AppendMessages, type QuestionOutput } from '@belay/contracts'
import type { Log } from './log.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import { type Send, SendBatch } from './send-batch.ts'

export type SendOutcome = QuestionOutput<typeof AppendMessages>['outcomes'][number]

export interface SendQueueOptions {
  bus: Pick<Bus, 'ask'>
  counters: Counters
  log: Log
  /** Messages of one connection that may wait. */
  maxPerConnection: number
  /** Messages of all connections that may wait. */
  maxWaiting: number
  /** Called once for each message, in the order in which its connection sent them. */
  settle: (send: Send, outcome: SendOutcome) => void
}

interface Pending {
  waiting: Send[]
  inFlight: boolean
}

/**
 * Messages that clients sent, on their way to the chat service. What arrives in one turn of the event loop travels as
 * one request; a connection has at most one request on its way, which keeps its order.
 */
export class SendQueue {
  readonly #options: SendQueueOptions
  /** Connections that have something waiting or on its way. */
  readonly #pending = new Map<Connection, Pending>()
  readonly #ready = new Set<Connection>()
  #waiting = 0
  #scheduled = false

  constructor(options: SendQueueOptions) {
    this.#options = options
  }

  /** False when too much is waiting already; the client may try again. */
  submit(send: Send): boolean {
    const { connection } = send.subscription
    const pending = this.#pending.get(connection) ?? { waiting: [], inFlight: false }
    const { maxPerConnection, maxWaiting } = this.#options
    if (pending.waiting.length >= maxPerConnection || this.#waiting >= maxWaiting) return false
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
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    let batch = new SendBatch()
    for (const connection of this.#ready) {
      const pending = this.#pending.get(connection)
      const first = pending?.waiting[0]
      if (pending === undefined || first === undefined) continue
      if (!batch.fits(first)) {
        void this.#dispatch(batch)
        batch = new SendBatch()
      }
      pending.inFlight = true
      this.#waiting -= batch.take(connection, pending.waiting)
    }
    this.#ready.clear()
    if (batch.sends.length > 0) void this.#dispatch(batch)
  }

  async #dispatch(batch: SendBatch): Promise<void> {
    const { counters, settle } = this.#options
    counters.appendRequests += 1
    counters.appendedMessages += batch.sends.length
    const outcomes = await this.#ask(batch)
    batch.sends.forEach((send, index) => settle(send, outcomes[index] ?? unavailable))
    for (const connection of batch.connections) this.#release(connection)
  }

  #release(connection: Connection): void {
    const pending = this.#pending.get(connection)
    if (pending === undefined) return
    pending.inFlight = false
    if (pending.waiting.length > 0) this.#schedule(connection)
    else this.#pending.delete(connection)
  }

  async #ask(batch: SendBatch): Promise<SendOutcome[]> {
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

/** Whether it was stored is not known: the same `client_msg_id` tells when it is sent again. */
const unavailable: SendOutcome = {
  ok: false,
  reason: 'unavailable',
  detail: 'The message could not be confirmed; send it again with the same client_msg_id'
}
