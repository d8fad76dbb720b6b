import type { Clock, Limit } from '@belay/kit'

interface Uses {
  /** When the window began, in milliseconds since the epoch. */
  sinceMs: number
  /** Signals that came back from NATS, from whichever gateway. */
  seen: number
  /** Signals of this gateway that have not come back yet. */
  published: number
}

/**
 * How often each person may type in each direct conversation. Gateways share it without asking each other: each one counts
 * the signals that it sees on the thread's subject.
 */
export class TypingLimit {
  readonly #clock: Clock
  readonly #limit: Limit | null
  /** By thread and person, the oldest window first. */
  readonly #uses = new Map<string, Uses>()

  /** `limit` null: no limit. */
  constructor(clock: Clock, limit: Limit | null) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Counts a signal that is about to be published. Returns false when it is one too many. */
  take(threadId: string, userId: string): boolean {
    if (this.#limit === null) return true
    const uses = this.#usesOf(threadId, userId, this.#limit)
    if (uses.seen + uses.published >= this.#limit.max) return false
    uses.published += 1
    return true
  }

  /** Counts a signal that came from NATS. */
  saw(threadId: string, userId: string): void {
    if (this.#limit === null) return
    const uses = this.#usesOf(threadId, userId, this.#limit)
    uses.seen += 1
    if (uses.published > 0) uses.published -= 1
  }

  #usesOf(threadId: string, userId: string, { windowSeconds }: Limit): Uses {
    const nowMs = this.#clock.now().getTime()
    for (const [key, { sinceMs }] of this.#uses) {
      if (nowMs - sinceMs < windowSeconds * 1000) break
      this.#uses.delete(key)
    }
    const key = `${threadId}/${userId}`
    const known = this.#uses.get(key)
    if (known !== undefined) return known
    const uses = { sinceMs: nowMs, seen: 0, published: 0 }
    this.#uses.set(key, uses)
    return uses
  }
}
