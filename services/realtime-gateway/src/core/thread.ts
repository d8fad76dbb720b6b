import type { LogSignal, LogStamp, Message, ThreadSignal } from '@belay/contracts'
import { Broadcast, MessageBroadcast } from './codec.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Presence } from './presence.ts'
import type { Recovery } from './recovery.ts'
import { Subscription } from './subscription.ts'
import type { Typing } from './typing.ts'

export interface ThreadOptions {
  id: string
  counters: Counters
  presence: Presence
  recovery: Recovery
  typing: Typing
  /** Called when its last subscription has left. */
  empty: () => void
}

/** One thread as this process sees it: its local subscriptions, and what is delivered to them. */
export class Thread {
  readonly id: string
  readonly #options: ThreadOptions
  readonly #subscriptions = new Set<Subscription>()
  /** Joined subscriptions by person. */
  readonly #joined = new Map<string, number>()

  constructor(options: ThreadOptions) {
    this.id = options.id
    this.#options = options
  }

  /** The number of subscriptions, joined or not. */
  get size(): number {
    return this.#subscriptions.size
  }

  /** The people with a joined subscription here. */
  get userIds(): Iterable<string> {
    return this.#joined.keys()
  }

  /** Adds a subscription, which delivers nothing before it is joined and placed. */
  add(connection: Connection, userId: string): Subscription {
    const subscription = new Subscription({ connection, userId, thread: this, counters: this.#options.counters })
    this.#subscriptions.add(subscription)
    connection.threads.add(subscription)
    return subscription
  }

  /** Marks a subscription as joined; the person's first one makes them present in the thread. */
  admit(subscription: Subscription): void {
    const { userId } = subscription
    const others = this.#joined.get(userId) ?? 0
    subscription.joined = true
    this.#joined.set(userId, others + 1)
    if (others === 0) this.#options.presence.entered(this.id, userId)
  }

  /** Takes out a subscription that has just left; the person's last one ends their presence in the thread. */
  remove(subscription: Subscription): void {
    const { empty, presence, typing } = this.#options
    this.#subscriptions.delete(subscription)
    if (this.#subscriptions.size === 0) empty()
    if (subscription.joined && this.#forget(subscription.userId)) {
      presence.left(this.id, subscription.userId, subscription.connection.transport.dead)
    }
    typing.left(subscription)
  }

  /** Delivers messages, oldest first, to the subscriptions that they are new to and meant for. */
  deliver(messages: readonly Message[], stamp: LogStamp): void {
    const broadcasts = messages.map((message) => new MessageBroadcast(message))
    for (const subscription of this.#subscriptions) {
      subscription.take(broadcasts, stamp)
      this.#options.recovery.soon(subscription)
    }
  }

  /** The log stands there: subscriptions that stand elsewhere read it. */
  note({ epoch, lastSeq }: { epoch: string; lastSeq: number }): void {
    for (const subscription of this.#subscriptions) {
      if (!subscription.joined) continue
      if (subscription.epoch !== epoch || subscription.at > lastSeq) this.#doubt(subscription)
      subscription.note(lastSeq)
      this.#options.recovery.soon(subscription)
    }
  }

  /** The person may no longer be a member: a read of the log verifies each of their subscriptions. */
  suspect(userId: string): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.userId === userId) this.#doubt(subscription)
    }
  }

  /** Takes a live signal of the thread. */
  receive(signal: ThreadSignal | Exclude<LogSignal, { kind: 'messages' }>): void {
    switch (signal.kind) {
      case 'typing':
        return this.#options.typing.show(this, signal)
      case 'session':
        return this.send(new Broadcast((codec) => codec.stateChanged(signal)))
      case 'read':
        return this.#showRead(signal)
      case 'member_left':
        return this.#memberLeft(signal.user_id, signal.stamp)
    }
  }

  /** Sends something that is not part of the log to everyone who has joined, but for one person. */
  send(broadcast: Broadcast, exceptUserId?: string): void {
    for (const { joined, userId, connection } of this.#subscriptions) {
      if (joined && userId !== exceptUserId) connection.send(broadcast)
    }
  }

  /** Receipts of direct conversations are for some people only. */
  #showRead(signal: Extract<ThreadSignal, { kind: 'read' }>): void {
    const broadcast = new Broadcast((codec) => codec.read(signal, this.id))
    const shownTo = signal.receipt?.shown_to
    for (const { joined, userId, connection } of this.#subscriptions) {
      if (joined && (shownTo === undefined || shownTo.includes(userId))) connection.send(broadcast)
    }
  }

  #memberLeft(userId: string, stamp: LogStamp): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.userId !== userId) subscription.outlast(stamp)
      // A reader who was verified behind this removal has come back since.
      else if (subscription.isVerified(stamp)) continue
      // It is not known yet whether the chat answers for before or for after the removal.
      else if (!subscription.joined || subscription.epoch !== stamp.epoch) this.#doubt(subscription)
      else subscription.close('not_a_member')
    }
  }

  #doubt(subscription: Subscription): void {
    subscription.doubtful = true
    if (subscription.stale) this.#options.recovery.now(subscription)
  }

  /** Returns whether it was the person's last joined subscription. */
  #forget(userId: string): boolean {
    const left = (this.#joined.get(userId) ?? 0) - 1
    if (left > 0) this.#joined.set(userId, left)
    else this.#joined.delete(userId)
    return left <= 0
  }
}
