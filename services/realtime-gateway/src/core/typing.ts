import type { Bus } from '@belay/bus'
import { liveSubjects, type ThreadSignal } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import { Broadcast } from './codec.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Subscription } from './subscription.ts'
import type { TypingLimit } from './typing-limit.ts'

/** Typing frames of one connection that are passed on in a second, but for direct conversations. */
const maxPerSecond = 10

type TypingSignal = Extract<ThreadSignal, { kind: 'typing' }>

/** A thread that shows who types in it. */
interface TypedThread {
  readonly id: string
  send(broadcast: Broadcast, exceptUserId: string): void
}

interface Shown {
  thread: TypedThread
  signal: TypingSignal
  endsAtMs: number
}

export interface TypingOptions {
  bus: Pick<Bus, 'publishLive'>
  clock: Clock
  counters: Counters
  limit: TypingLimit
  /** An indicator that is not renewed ends after this. */
  lastsMs: number
}

/**
 * Who is typing. An indicator ends by itself unless it is renewed: also when the "stopped" was lost, or the typist's
 * gateway died.
 */
export class Typing {
  readonly #options: TypingOptions
  /** What the connections here are shown. All last equally long and a renewal moves to the end: the first ends next. */
  readonly #shown = new Map<string, Shown>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: TypingOptions) {
    this.#options = options
  }

  /** Publishes that a client types, or no longer does. Returns false when it does so too often. */
  type(subscription: Subscription, isTyping: boolean): boolean {
    const mayType = this.#mayType(subscription)
    if (mayType) this.#publish(subscription, isTyping)
    else this.#options.counters.typingDropped += 1
    return mayType
  }

  /** Ends the indicator of a subscription that has left. */
  left(subscription: Subscription): void {
    if (subscription.typing) this.#publish(subscription, false)
  }

  /** Shows an indicator to everyone in the thread but the typist. */
  show(thread: TypedThread, signal: TypingSignal): void {
    const { clock, lastsMs, limit } = this.#options
    limit.saw(thread.id, signal.user_id)
    const key = `${thread.id}/${signal.user_id}`
    this.#shown.delete(key)
    if (signal.is_typing) {
      this.#shown.set(key, { thread, signal, endsAtMs: clock.now().getTime() + lastsMs })
      this.#arm()
    }
    send(thread, signal)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#shown.clear()
  }

  #mayType({ connection, peerId, threadId, userId }: Subscription): boolean {
    return peerId === undefined ? this.#mayTypeNow(connection) : this.#options.limit.take(threadId, userId)
  }

  #mayTypeNow(connection: Connection): boolean {
    const second = Math.floor(this.#options.clock.now().getTime() / 1000)
    if (connection.typingSecond !== second) {
      connection.typingSecond = second
      connection.typingCount = 0
    }
    connection.typingCount += 1
    return connection.typingCount <= maxPerSecond
  }

  #publish(subscription: Subscription, isTyping: boolean): void {
    const { connection, threadId, userId } = subscription
    subscription.typing = isTyping
    this.#options.bus.publishLive(liveSubjects.thread(threadId), {
      kind: 'typing',
      user_id: userId,
      user_name: connection.userName,
      is_typing: isTyping
    })
  }

  #arm(): void {
    const next = this.#shown.values().next().value
    if (this.#timer !== undefined || next === undefined) return
    const waitMs = Math.max(1, next.endsAtMs - this.#options.clock.now().getTime())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#endDue()
      this.#arm()
    }, waitMs)
  }

  #endDue(): void {
    const now = this.#options.clock.now().getTime()
    for (const [key, { thread, signal, endsAtMs }] of this.#shown) {
      if (endsAtMs > now) return
      this.#shown.delete(key)
      send(thread, { ...signal, is_typing: false })
    }
  }
}

function send(thread: TypedThread, signal: TypingSignal): void {
  thread.send(new Broadcast((codec) => codec.typing(signal, thread.id)), signal.user_id)
}
