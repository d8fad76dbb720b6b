import type { AppendMessages, QuestionInput } from '@belay/contracts'
import type { Connection, Subscription } from './connection.ts'

const maxMessages = 500
/** Question and answer must each fit into one message of NATS (1 MiB), escaped in JSON at worst. */
const maxBytes = 768 * 1024
const bytesPerCharacter = 6
const bytesAround = 512

/** A message on its way to the log. */
export interface Send {
  subscription: Subscription
  body: string
  clientMsgId: string | null
}

/** Messages that travel in one request. */
export class SendBatch {
  readonly sends: Send[] = []
  readonly connections: Connection[] = []
  #bytes = 0

  fits(send: Send): boolean {
    return this.sends.length < maxMessages && this.#bytes + weigh(send) <= maxBytes
  }

  /** Moves what fits from the front of `waiting` into this batch; returns how many. */
  take(connection: Connection, waiting: Send[]): number {
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
    return this.sends.map(({ subscription, body, clientMsgId }) => ({
      thread_id: subscription.channel.threadId,
      sender_id: subscription.userId,
      body,
      client_msg_id: clientMsgId
    }))
  }
}

function weigh(send: Send): number {
  return send.body.length * bytesPerCharacter + bytesAround
}
