import type { ThreadSignal } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import { Broadcast } from './broadcast.ts'
import type { ThreadChannel } from './connection.ts'

type Typing = Extract<ThreadSignal, { kind: 'typing' }>

interface Shown {
  channel: ThreadChannel
  typing: Typing
  endsAtMs: number
}

/**
 * Who is shown as typing to the sockets of this process. An indicator ends by itself unless it is renewed: also when
 * the "stopped" was lost, or the typist's gateway died.
 */
export class TypingIndicators {
  readonly #clock: Clock
  readonly #lastsMs: number
  /** All last equally long and a renewal moves to the end, so the first is always the next to end. */
  readonly #shown = new Map<string, Shown>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: { clock: Clock; lastsMs: number }) {
    this.#clock = options.clock
    this.#lastsMs = options.lastsMs
  }

  /** Passes an indicator on to everybody in the thread but the typist. */
  show(channel: ThreadChannel, typing: Typing): void {
    const key = `${channel.threadId}/${typing.user_id}`
    this.#shown.delete(key)
    if (typing.is_typing) {
      this.#shown.set(key, { channel, typing, endsAtMs: this.#clock.now().getTime() + this.#lastsMs })
      this.#arm()
    }
    tell(channel, typing)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#shown.clear()
  }

  #arm(): void {
    const next = this.#shown.values().next().value
    if (this.#timer !== undefined || next === undefined) return
    const waitMs = Math.max(1, next.endsAtMs - this.#clock.now().getTime())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#endDue()
      this.#arm()
    }, waitMs)
  }

  #endDue(): void {
    const now = this.#clock.now().getTime()
    for (const [key, { channel, typing, endsAtMs }] of this.#shown) {
      if (endsAtMs > now) return
      this.#shown.delete(key)
      tell(channel, { ...typing, is_typing: false })
    }
  }
}

function tell(channel: ThreadChannel, typing: Typing): void {
  const event = new Broadcast((codec) => codec.typing(typing))
  for (const { joined, userId, connection } of channel.subscriptions) {
    if (joined && userId !== typing.user_id) event.writeTo(connection)
  }
}
