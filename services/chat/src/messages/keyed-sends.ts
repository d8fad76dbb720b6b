import type { Message } from '@belay/contracts'
import { type Answer, findKeyedAnswers, insertKeyedAnswers, type KeptAnswer, type KeyedCall } from '@belay/kit'
import type { QueryExecutorProvider } from 'kysely'
import type { AppendOutcome } from './append-messages.ts'

/** A send with an `Idempotency-Key`. */
export interface KeyedSend {
  call: KeyedCall
  /** Returns the response that is kept with the stored message. */
  answerTo: (message: Message) => Answer
}

/** The outcome of a call that was answered before: the response that was kept then. */
export interface Replayed {
  replayed: KeptAnswer
}

/**
 * The keyed sends of one batch. Their threads are locked and a call names its thread, so no other transaction runs the same
 * call: its response is either stored already, or is stored in the transaction that stores the message.
 */
export class KeyedSends {
  readonly #answers = new Map<string, KeptAnswer>()
  readonly #fresh: { call: KeyedCall; answer: Answer }[] = []

  /** Reads the responses that were kept for the batch's calls. */
  static async read(trx: QueryExecutorProvider, sends: readonly (KeyedSend | undefined)[]): Promise<KeyedSends> {
    const keyed = new KeyedSends()
    const calls = sends.flatMap((send) => (send === undefined ? [] : [send.call]))
    if (calls.length === 0) return keyed
    const answers = await findKeyedAnswers(trx, calls)
    calls.forEach((call, index) => {
      const answer = answers[index]
      if (answer !== undefined) keyed.#answers.set(nameOf(call), answer)
    })
    return keyed
  }

  /** Returns the response of the same call before, also of one in this batch. */
  find(send: KeyedSend | undefined): Replayed | undefined {
    const replayed = send && this.#answers.get(nameOf(send.call))
    return replayed && { replayed }
  }

  /** Remembers the response of a send that stored a message. */
  note(send: KeyedSend | undefined, outcome: AppendOutcome): void {
    if (send === undefined || !outcome.ok || outcome.repeated) return
    const { call } = send
    const answer = send.answerTo(outcome.message)
    this.#fresh.push({ call, answer })
    this.#answers.set(nameOf(call), { ...answer, key: call.key, requestHash: call.requestHash, awaits: [] })
  }

  /** Stores the responses of the messages that the transaction stores. */
  async keep(trx: QueryExecutorProvider): Promise<void> {
    if (this.#fresh.length > 0) await insertKeyedAnswers(trx, this.#fresh)
  }
}

function nameOf({ userId, route, key }: KeyedCall): string {
  return JSON.stringify([userId, route, key])
}
