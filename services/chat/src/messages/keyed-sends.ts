import type { Message } from '@belay/contracts'
import { type Answer, findKeyedAnswers, insertKeyedAnswers, type KeptAnswer, type KeyedCall } from '@belay/kit'
import type { QueryExecutorProvider } from 'kysely'
import type { AppendOutcome } from './append-messages.ts'

/** An `Idempotency-Key` that came with a message. */
export interface KeyedSend {
  call: KeyedCall
  /** What the call returns when its message was stored. */
  answerTo: (message: Message) => Answer
}

/** The call that sent this message has had its answer before. */
export interface Replayed {
  replayed: KeptAnswer
}

/**
 * The keyed sends of one batch. Their threads are locked, and a call names its thread, so nobody else is at the same call:
 * its answer is either there, or kept in the transaction that stores the message.
 */
export class KeyedSends {
  readonly #answers = new Map<string, KeptAnswer>()
  readonly #fresh: { call: KeyedCall; answer: Answer }[] = []

  /** Reads what was kept for the batch's calls. */
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

  /** The answer of an earlier call, also of one in this batch. */
  find(send: KeyedSend | undefined): Replayed | undefined {
    const replayed = send && this.#answers.get(nameOf(send.call))
    return replayed && { replayed }
  }

  /** Notes what becomes of a send. */
  note(send: KeyedSend | undefined, outcome: AppendOutcome): void {
    if (send === undefined || !outcome.ok || outcome.repeated) return
    const { call } = send
    const answer = send.answerTo(outcome.message)
    this.#fresh.push({ call, answer })
    this.#answers.set(nameOf(call), { ...answer, key: call.key, requestHash: call.requestHash, awaits: [] })
  }

  /** Keeps the answers of the messages that the transaction stores. */
  async keep(trx: QueryExecutorProvider): Promise<void> {
    if (this.#fresh.length > 0) await insertKeyedAnswers(trx, this.#fresh)
  }
}

function nameOf({ userId, route, key }: KeyedCall): string {
  return JSON.stringify([userId, route, key])
}
