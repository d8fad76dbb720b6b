import { type Msg, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/nats-core'
import type { Connection } from './connection.ts'
import { BusUnavailable, NoResponders, TimedOut } from '../errors.ts'

interface Waiting {
  resolve: (reply: Msg) => void
  reject: (reason: Error) => void
  timer: NodeJS.Timeout
}

/** A message that is answered once. */
export interface Call {
  subject: string
  payload: string
  headers: MsgHdrs
  /** The subject that the answer comes back on, one of this box and of this call alone. */
  reply: string
}

/** The status with which a server reports that there are no subscribers. */
const noResponders = 503

/**
 * Where answers come back: one subscription for all of them. The client's own request sets up a race of promises for
 * each, which costs three times as much, and lets all answers come back under one and the same prefix.
 */
export class ReplyBox {
  readonly #waiting = new Map<string, Waiting>()

  /** `pattern` covers the reply subjects of all calls. */
  constructor(connection: Connection, pattern: string) {
    connection.subscribe(pattern, undefined, (message) => this.#settle(message))
    connection.onDown(() => {
      for (const { reject } of this.#waiting.values()) reject(new BusUnavailable('the connection to NATS broke'))
    })
  }

  /** Rejects with NoResponders, TimedOut after `timeoutMs`, or BusUnavailable when the connection breaks. */
  call(nc: NatsConnection, { subject, payload, headers, reply }: Call, timeoutMs: number): Promise<Msg> {
    const answered = this.#awaitReply(reply, timeoutMs)
    try {
      nc.publish(subject, payload, { reply, headers })
    } catch (error) {
      this.#waiting.get(reply)?.reject(error instanceof Error ? error : new Error(String(error)))
    }
    return answered
  }

  #awaitReply(reply: string, timeoutMs: number): Promise<Msg> {
    const { promise, resolve, reject } = Promise.withResolvers<Msg>()
    const timer = setTimeout(() => reject(new TimedOut(timeoutMs)), timeoutMs)
    this.#waiting.set(reply, { resolve, reject, timer })
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(reply)
    })
  }

  #settle(message: Msg): void {
    const waiting = this.#waiting.get(message.subject)
    if (message.headers?.code === noResponders) waiting?.reject(new NoResponders())
    else waiting?.resolve(message)
  }
}

/** A token of a subject that no other process comes upon. */
export const uniqueToken = (): string => nuid.next()
