import { inboxOf } from '@belay/contracts'
import { PubHeaders } from '@nats-io/jetstream'
import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core'
import { Type } from 'typebox'
import type { Connection } from '../connection/connection.ts'
import { BusUnavailable, NoResponders, NoStream } from '../errors.ts'
import { ReplyBox, uniqueToken } from '../connection/reply-box.ts'
import { conforms } from '../schema-check.ts'

/** The stream's confirmation of an event that it stored; a refusal has no number. */
const Stored = Type.Object({ seq: Type.Integer({ minimum: 1 }) })

/** What is stored in the stream. */
export interface FactMessage {
  subject: string
  payload: string
  id: string
  /** Whether the payload is an array of events (CloudEvents JSON format, section 4). */
  isBatch: boolean
}

/** Publishes facts and awaits the stream's confirmation of each. */
export class Confirmations {
  readonly #inbox: string
  readonly #replies: ReplyBox
  #last = 0

  /** `name` is that of the process's login. */
  constructor(connection: Connection, name: string) {
    this.#inbox = `${inboxOf(name)}.${uniqueToken()}`
    this.#replies = new ReplyBox(connection, `${this.#inbox}.*`)
  }

  /**
   * Publishes, and resolves to the event's number once the stream has stored it. Rejects with NoStream, or with BusUnavailable when the
   * stream refused it, or did not answer for `timeoutMs`: whether it was stored is then not known, and the message id makes
   * a repeat harmless.
   */
  async publish(nc: NatsConnection, message: FactMessage, timeoutMs: number): Promise<number> {
    const head = headers()
    head.set(PubHeaders.MsgIdHdr, message.id)
    if (message.isBatch) head.set('Content-Type', 'application/cloudevents-batch+json')
    const reply = `${this.#inbox}.${(this.#last += 1)}`
    const call = { subject: message.subject, payload: message.payload, headers: head, reply }
    const answer = await this.#replies.call(nc, call, timeoutMs).catch((error: unknown) => {
      throw error instanceof NoResponders ? new NoStream() : error
    })
    const stored = answerOf(answer)
    if (!conforms(Stored, stored)) throw new BusUnavailable(`the stream did not store it: ${answer.string()}`)
    return stored.seq
  }
}

function answerOf(message: Msg): unknown {
  try {
    return message.json()
  } catch {
    return undefined
  }
}
