import { PubHeaders } from '@nats-io/jetstream'
import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/nats-core'
import { Type } from 'typebox'
import type { Connection } from './connection.ts'
import { BusUnavailable, NoStream } from './errors.ts'
import { conforms } from './schema-check.ts'

interface Waiting {
  resolve: () => void
  reject: (reason: Error) => void
  timer: NodeJS.Timeout
}

/** The status with which a server says that nobody listens. */
const noResponders = 503

/** What the stream says of an event that it has; one that it refused has no number. */
const Stored = Type.Object({ seq: Type.Integer({ minimum: 1 }) })

/**
 * What the stream says to each event that is published, heard over one subscription. The client's own publish asks a
 * request of its own for each event, which costs three times as much.
 */
export class Confirmations {
  readonly #inbox = createInbox()
  readonly #waiting = new Map<string, Waiting>()
  #last = 0

  constructor(connection: Connection) {
    connection.subscribe(`${this.#inbox}.*`, undefined, (message) => this.#settle(message))
    // Whether they were stored is not known; the message id makes a repeat harmless.
    connection.onDown(() => {
      for (const { reject } of this.#waiting.values()) reject(new BusUnavailable('the connection to NATS broke'))
    })
  }

  /**
   * Publishes, and resolves when the stream has stored it. Rejects with NoStream, or with BusUnavailable when the
   * stream refused it, or said nothing for `timeoutMs`.
   */
  publish(nc: NatsConnection, message: { subject: string; payload: string; id: string }, timeoutMs: number) {
    const reply = `${this.#inbox}.${(this.#last += 1)}`
    const head = headers()
    head.set(PubHeaders.MsgIdHdr, message.id)
    const confirmed = this.#awaitReply(reply, timeoutMs)
    try {
      nc.publish(message.subject, message.payload, { reply, headers: head })
    } catch (error) {
      this.#waiting.get(reply)?.reject(error instanceof Error ? error : new Error(String(error)))
    }
    return confirmed
  }

  #awaitReply(reply: string, timeoutMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = () => reject(new BusUnavailable(`the stream said nothing for ${timeoutMs} ms`))
    const timer = setTimeout(late, timeoutMs)
    this.#waiting.set(reply, { resolve, reject, timer })
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(reply)
    })
  }

  #settle(message: Msg): void {
    const waiting = this.#waiting.get(message.subject)
    if (waiting === undefined) return
    if (message.headers?.code === noResponders) waiting.reject(new NoStream())
    else if (conforms(Stored, answerOf(message))) waiting.resolve()
    else waiting.reject(new BusUnavailable(`the stream did not store it: ${message.string()}`))
  }
}

function answerOf(message: Msg): unknown {
  try {
    return message.json()
  } catch {
    return undefined
  }
}
