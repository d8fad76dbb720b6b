import type { Message } from '@belay/contracts'
import { MessageBroadcast, type SendRefusal } from './codec.ts'
import type { Recovery } from './recovery.ts'
import { type AppendOutcome, type Send, SendQueue, type SendQueueOptions } from './send-queue.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionChecks } from './subscription-checks.ts'
import type { Threads } from './threads.ts'

/** What became of a message that a client sent. */
export type SendOutcome =
  /** It is on disk. `repeated`: its `client_msg_id` was stored before, and `message` is the first one. */
  | { status: 'stored'; message: Message; repeated: boolean }
  | { status: 'refused'; reason: Exclude<SendRefusal, 'unavailable'>; detail: string; retryAfterSeconds?: number }
  /** It may be on disk: the same `client_msg_id` finds out. */
  | { status: 'unavailable'; detail: string }

interface Waiting extends Send {
  resolve: (outcome: SendOutcome) => void
}

export interface SendingOptions extends Omit<SendQueueOptions<Waiting>, 'settle'> {
  checks: Pick<SubscriptionChecks, 'soon'>
  recovery: Recovery
  threads: Threads
}

/** Takes the messages of clients to the log, and what was stored to the connections here. */
export class Sending {
  readonly #options: SendingOptions
  readonly #queue: SendQueue<Waiting>

  constructor(options: SendingOptions) {
    this.#options = options
    this.#queue = new SendQueue({ ...options, settle: (send, outcome) => this.#settle(send, outcome) })
  }

  /** Messages that wait for their turn. */
  get waiting(): number {
    return this.#queue.waiting
  }

  /**
   * Resolves with what became of a message, in the order in which a connection sent them; never rejects. A stored
   * message is also delivered to its sender (a repeated one again, unless the protocol acknowledges), a refusal because the
   * sender has no place in the thread ends the subscription right after.
   */
  send(subscription: Subscription, message: Omit<Send, 'subscription'>): Promise<SendOutcome> {
    return new Promise((resolve) => {
      if (!this.#queue.submit({ subscription, ...message, resolve })) resolve(queueFull)
    })
  }

  #settle({ subscription, resolve }: Waiting, answer: AppendOutcome | undefined): void {
    if (answer?.ok !== true) {
      const outcome = refusalOf(answer)
      resolve(outcome)
      // If it is on disk after all, the chat may have died before it signalled it.
      if (outcome.status === 'unavailable') {
        this.#options.checks.soon([{ thread_id: subscription.threadId, user_id: subscription.userId }])
      }
      if (outcome.status === 'refused' && isFinal(outcome.reason)) {
        const { reason } = outcome
        queueMicrotask(() => subscription.close(reason))
      }
      return
    }
    const { message, repeated, stamp } = answer
    if (repeated) this.#echo(subscription, message)
    // It is on disk: the connections here need not wait for the live signal, and its echo cannot be lost.
    else this.#options.threads.deliver(message.thread_id, [message], stamp)
    resolve({ status: 'stored', message, repeated })
  }

  /** Delivers a repeated message to its sender again: it may have passed this connection long ago. */
  #echo(subscription: Subscription, message: Message): void {
    const { at, connection, ended } = subscription
    if (ended) return
    if (message.seq > at) {
      subscription.note(message.seq)
      this.#options.recovery.soon(subscription)
    } else if (!connection.protocol.acknowledges) connection.send(new MessageBroadcast(message))
  }
}

const queueFull: SendOutcome = {
  status: 'refused',
  reason: 'queue_full',
  detail: 'Too many messages are waiting; send it again later'
}

const unconfirmed = 'The message could not be confirmed; send it again with the same client_msg_id'

function refusalOf(
  answer: Extract<AppendOutcome, { ok: false }> | undefined
): Exclude<SendOutcome, { status: 'stored' }> {
  if (answer === undefined) return { status: 'unavailable', detail: unconfirmed }
  const { reason, detail, retry_after_seconds: retryAfterSeconds } = answer
  if (reason === 'unavailable') return { status: 'unavailable', detail }
  return {
    status: 'refused',
    reason: reason === 'host_only' ? 'sending_restricted' : reason,
    detail,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds })
  }
}

/** Whether the refusal means that this person has no place in the thread. */
function isFinal(reason: SendRefusal): reason is 'not_a_member' | 'account_disabled' | 'thread_not_found' {
  return reason === 'not_a_member' || reason === 'account_disabled' || reason === 'thread_not_found'
}
