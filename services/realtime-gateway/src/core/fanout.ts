import type { Bus } from '@belay/bus'
import { liveSubjects, type LogStamp, type Message, ThreadSignal } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import { Broadcast, MessageBroadcast } from './broadcast.ts'
import { type Connection, Subscription, ThreadChannel } from './connection.ts'
import type { Counters } from './counters.ts'
import type { CloseReason } from './codec.ts'
import type { Recovery } from './recovery.ts'
import type { TypingIndicators } from './typing-indicators.ts'

const validate = createValidator(ThreadSignal)
const subjectPrefix = liveSubjects.thread('')

export interface FanoutOptions {
  bus: Pick<Bus, 'listenLive'>
  counters: Counters
  recovery: Recovery
  typing: TypingIndicators
  /** Takes a subscription away from its connection. */
  endThread: (subscription: Subscription, ending: CloseReason) => void
}

/** Threads with local members: each is listened to once, and its signals go to every subscription here. */
export class Fanout {
  readonly #options: FanoutOptions
  readonly #channels = new Map<string, ThreadChannel>()

  constructor(options: FanoutOptions) {
    this.#options = options
  }

  /** Begins to listen. The subscription delivers nothing before it is placed. */
  add(connection: Connection, threadId: string, userId: string): Subscription {
    const channel = this.#channels.get(threadId) ?? this.#open(threadId)
    const subscription = new Subscription(connection, channel, userId)
    channel.subscriptions.add(subscription)
    return subscription
  }

  remove(subscription: Subscription): void {
    const { channel } = subscription
    if (!channel.subscriptions.delete(subscription) || channel.subscriptions.size > 0) return
    this.#channels.delete(channel.threadId)
    channel.stopListening()
  }

  /** Delivers messages of one thread, oldest first, to the local subscriptions they are new to and meant for. */
  deliver(threadId: string, messages: readonly Message[], stamp: LogStamp | undefined): void {
    const channel = this.#channels.get(threadId)
    if (channel === undefined) return
    const broadcasts = messages.map((message) => new MessageBroadcast(message))
    for (const subscription of channel.subscriptions) {
      subscription.take(broadcasts, stamp)
      this.#options.recovery.soon(subscription)
    }
  }

  /** Where a thread's log stands, for all of its subscriptions: one that is elsewhere reads it. */
  note(threadId: string, { epoch, lastSeq }: { epoch: string; lastSeq: number }): void {
    for (const subscription of this.#channels.get(threadId)?.subscriptions ?? []) {
      if (!subscription.joined) continue
      if (subscription.epoch !== epoch || subscription.at > lastSeq) this.#doubt(subscription)
      subscription.note(lastSeq)
      this.#options.recovery.soon(subscription)
    }
  }

  /** A person seems not to belong in a thread any more: what they listen to there is verified by a read of the log. */
  suspect(threadId: string, userId: string): void {
    for (const subscription of this.#channels.get(threadId)?.subscriptions ?? []) {
      if (subscription.userId === userId) this.#doubt(subscription)
    }
  }

  /** Threads with local subscriptions. */
  get size(): number {
    return this.#channels.size
  }

  countSubscriptions(): number {
    let count = 0
    for (const channel of this.#channels.values()) count += channel.subscriptions.size
    return count
  }

  channels(): Iterable<ThreadChannel> {
    return this.#channels.values()
  }

  #open(threadId: string): ThreadChannel {
    const stop = this.#options.bus.listenLive(liveSubjects.thread(threadId), this.#received)
    const channel = new ThreadChannel(threadId, this.#options.counters, stop)
    this.#channels.set(threadId, channel)
    return channel
  }

  readonly #received = (payload: unknown, subject: string): void => {
    const channel = this.#channels.get(subject.slice(subjectPrefix.length))
    if (channel === undefined) return
    const checked = validate(payload)
    if (checked.ok) this.#handle(channel, checked.value)
    else this.#options.counters.badSignals += 1
  }

  #handle(channel: ThreadChannel, signal: ThreadSignal): void {
    switch (signal.kind) {
      case 'messages':
        return this.deliver(channel.threadId, signal.messages, signal.stamp)
      case 'typing':
        return this.#options.typing.show(channel, signal)
      case 'session':
        return tellAll(channel, new Broadcast((codec) => codec.session(signal)))
      case 'read':
        return tellAll(channel, new Broadcast((codec) => codec.read(signal)))
      case 'member_left':
        return this.#memberLeft(channel, signal.user_id, signal.stamp)
    }
  }

  #memberLeft(channel: ThreadChannel, userId: string, stamp: LogStamp | undefined): void {
    for (const subscription of channel.subscriptions) {
      if (subscription.userId !== userId) {
        if (stamp !== undefined) subscription.outlast(stamp)
      } else if (stamp === undefined) this.#options.endThread(subscription, 'not_a_member')
      // Whoever was verified behind this removal has come back since.
      else if (subscription.isVerified(stamp)) continue
      // It is not known yet whether the chat answers for before or for after the removal.
      else if (!subscription.joined || subscription.epoch !== stamp.epoch) this.#doubt(subscription)
      else this.#options.endThread(subscription, 'not_a_member')
    }
  }

  #doubt(subscription: Subscription): void {
    subscription.doubtful = true
    if (subscription.stale) this.#options.recovery.now(subscription)
  }
}

function tellAll(channel: ThreadChannel, event: Broadcast): void {
  for (const { joined, connection } of channel.subscriptions) {
    if (joined) event.writeTo(connection)
  }
}
