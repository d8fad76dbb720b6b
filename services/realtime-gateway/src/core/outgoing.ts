import type { Bus } from '@belay/bus'
import { liveSubjects } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import { MessageBroadcast } from './broadcast.ts'
import type { CloseReason, Refusal } from './codec.ts'
import type { Connection, Subscription } from './connection.ts'
import { count, type Counters } from './counters.ts'
import type { Fanout } from './fanout.ts'
import type { Recovery } from './recovery.ts'
import type { Send } from './send-batch.ts'
import { type SendOutcome, SendQueue, type SendQueueOptions } from './send-queue.ts'
import type { Threads } from './threads.ts'

/** Typing frames of one connection that are passed on in a second; the rest are dropped without a word. */
const maxTypingPerSecond = 10

export interface OutgoingOptions extends Omit<SendQueueOptions, 'settle' | 'bus'> {
  bus: Pick<Bus, 'ask' | 'publishLive'>
  clock: Clock
  counters: Counters
  fanout: Fanout
  recovery: Recovery
  threads: Threads
}

/** What clients say: messages and typing. */
export class Outgoing {
  readonly #options: OutgoingOptions
  readonly #queue: SendQueue

  constructor(options: OutgoingOptions) {
    this.#options = options
    this.#queue = new SendQueue({ ...options, settle: (send, outcome) => this.#settle(send, outcome) })
  }

  /** Messages that wait for their turn. */
  get waiting(): number {
    return this.#queue.waiting
  }

  /** Sends a message; its sender hears of it by its echo or by a refusal. */
  send(subscription: Subscription, message: { body: string; clientMsgId: string | null }): void {
    if (this.#queue.submit({ subscription, ...message })) return
    const detail = 'Too many messages are waiting; send it again later'
    this.refuse(subscription.connection, { reason: 'queue_full', detail, clientMsgId: message.clientMsgId })
  }

  /** Tells the others in the thread that somebody is typing, or no longer is. */
  type(subscription: Subscription, isTyping: boolean): void {
    if (this.#mayType(subscription.connection)) this.#publishTyping(subscription, isTyping)
    else this.#options.counters.typingDropped += 1
  }

  /** A subscription has left: nobody shall go on seeing its person type. */
  left(subscription: Subscription): void {
    if (subscription.typing) this.#publishTyping(subscription, false)
  }

  /** Tells a client what was not taken. */
  refuse(connection: Connection, refusal: Refusal): void {
    count(this.#options.counters.refusals, refusal.reason)
    connection.write(Buffer.from(connection.protocol.codec.refusal(refusal)))
  }

  #settle({ subscription, clientMsgId }: Send, outcome: SendOutcome): void {
    const { fanout, threads } = this.#options
    if (!outcome.ok) {
      const { reason, detail, retry_after_seconds: retryAfterSeconds } = outcome
      this.refuse(subscription.connection, { reason, detail, clientMsgId, retryAfterSeconds })
      if (isFinal(reason)) threads.end(subscription, reason)
    } else if (outcome.repeated) this.#echo(subscription, new MessageBroadcast(outcome.message))
    // It is on disk: the sockets here need not wait for the live signal, and its echo cannot be lost.
    else fanout.deliver(outcome.message.thread_id, [outcome.message], outcome.stamp)
  }

  /** Answers a repeated send: its message may have passed this socket long ago. */
  #echo(subscription: Subscription, message: MessageBroadcast): void {
    if (subscription.ended) return
    const { connection } = subscription
    if (message.seq <= subscription.at) message.writeTo(connection)
    else {
      subscription.note(message.seq)
      this.#options.recovery.soon(subscription)
    }
  }

  #mayType(connection: Connection): boolean {
    const second = Math.floor(this.#options.clock.now().getTime() / 1000)
    if (connection.typingSecond !== second) {
      connection.typingSecond = second
      connection.typingCount = 0
    }
    connection.typingCount += 1
    return connection.typingCount <= maxTypingPerSecond
  }

  #publishTyping(subscription: Subscription, isTyping: boolean): void {
    const { connection, channel, userId } = subscription
    subscription.typing = isTyping
    this.#options.bus.publishLive(liveSubjects.thread(channel.threadId), {
      kind: 'typing',
      user_id: userId,
      user_name: connection.userName,
      is_typing: isTyping
    })
  }
}

/** Whether the refusal means that this person no longer belongs in the thread. */
function isFinal(reason: Refusal['reason']): reason is Extract<Refusal['reason'] & CloseReason, string> {
  return reason === 'not_a_member' || reason === 'account_disabled' || reason === 'thread_not_found'
}
