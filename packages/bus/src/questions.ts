import { randomBytes } from 'node:crypto'
import { answersTo, inboxOf, type QuestionDefinition } from '@belay/contracts'
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core'
import type { Connection } from './connection.ts'
import { ReplyBox, uniqueToken } from './reply-box.ts'

/** So much chance that nobody guesses where another's answer is awaited. */
const randomLength = 16

/**
 * Sends questions. Each is answered on a subject of its own, on which only the answering service may publish and only
 * this process's login may listen; the end of it nobody can guess.
 */
export class Questions {
  readonly #name: string
  readonly #process = uniqueToken()
  readonly #replies: ReplyBox

  /** `name` is that of the process's login. */
  constructor(connection: Connection, name: string) {
    this.#name = name
    this.#replies = new ReplyBox(connection, `${inboxOf(name)}.*.${this.#process}.*`)
  }

  /** Rejects as {@link ReplyBox.call}. */
  send(
    nc: NatsConnection,
    question: Pick<QuestionDefinition, 'service' | 'subject'>,
    message: { payload: string; headers: MsgHdrs },
    timeoutMs: number
  ): Promise<Msg> {
    const to = answersTo(this.#name, question.service)
    const reply = `${to}.${this.#process}.${randomBytes(randomLength).toString('base64url')}`
    return this.#replies.call(nc, { ...message, subject: question.subject, reply }, timeoutMs)
  }
}
