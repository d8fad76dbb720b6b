import { type Bus, BusUnavailable } from '@belay/bus'
import {
  ListMissedMessages,
  MarkMessageRead,
  type QuestionInput,
  type QuestionOutput,
  SendDirectMessage
} from '@belay/contracts'
import pLimit from 'p-limit'
import type { Logger } from 'pino'
import type { Threads } from './threads.ts'

/** Questions on their way to the chat at once. */
const maxAsking = 64
/** Questions that may wait for their turn; further ones are unavailable. */
const maxWaiting = 2_000

type Sent = Extract<QuestionOutput<typeof SendDirectMessage>, { ok: true }>
type Missed = Extract<QuestionOutput<typeof ListMissedMessages>, { ok: true }>

/** Why the chat rejected something about a direct conversation; with `unavailable` it may have been done. */
export interface DirectFailure {
  ok: false
  reason: Extract<QuestionOutput<typeof MarkMessageRead>, { ok: false }>['reason'] | 'unavailable'
  detail: string
}

export interface DirectOptions {
  bus: Pick<Bus, 'ask'>
  log: Pick<Logger, 'debug' | 'error'>
  threads: Threads
}

/** What people do in direct conversations but write to one that is open: the chat decides, one question each. */
export class Direct {
  readonly #options: DirectOptions
  readonly #limit = pLimit(maxAsking)

  constructor(options: DirectOptions) {
    this.#options = options
  }

  /** Writes to a person; opens a conversation or accepts a request where that is what a first message means. */
  async send(message: QuestionInput<typeof SendDirectMessage>): Promise<Sent | DirectFailure> {
    const { bus, threads } = this.#options
    const answer = await this.#ask(() => bus.ask(SendDirectMessage, message))
    if (answer.ok && !answer.repeated) threads.deliver(answer.message.thread_id, [answer.message], answer.stamp)
    return answer
  }

  /** Marks a message and everything before it as read. */
  markRead(userId: string, messageId: string): Promise<{ ok: true; read_at: string } | DirectFailure> {
    const { bus } = this.#options
    return this.#ask(() => bus.ask(MarkMessageRead, { user_id: userId, message_id: messageId }))
  }

  /** Resolves with what a person missed after a message, oldest first. */
  listMissed(input: QuestionInput<typeof ListMissedMessages>): Promise<Missed | DirectFailure> {
    const { bus } = this.#options
    return this.#ask(() => bus.ask(ListMissedMessages, input))
  }

  async #ask<Answer>(ask: () => Promise<Answer>): Promise<Answer | DirectFailure> {
    if (this.#limit.pendingCount >= maxWaiting) return unavailable
    try {
      return await this.#limit(ask)
    } catch (error) {
      const { log } = this.#options
      if (error instanceof BusUnavailable) log.debug({ err: error }, 'the chat cannot be asked now')
      else log.error({ err: error }, 'asking the chat failed')
      return unavailable
    }
  }
}

const unavailable: DirectFailure = {
  ok: false,
  reason: 'unavailable',
  detail: 'It could not be confirmed; try again, a message with the same client_msg_id'
}
