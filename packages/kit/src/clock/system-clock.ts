import type { Clock } from '../runtime.ts'

/**
 * The process's clock: that of its host until it is set by another one. Once set it only counts on from there, so that a
 * wrong host clock, or one that is put right meanwhile, makes no difference.
 */
export class SystemClock implements Clock {
  readonly #hostNow: () => number
  #set: { timeMs: number; atMs: number } | undefined

  /** `hostNow` gives the host's time in milliseconds since the epoch. */
  constructor(hostNow: () => number = Date.now) {
    this.#hostNow = hostNow
  }

  now(): Date {
    return new Date(this.#set === undefined ? this.#hostNow() : this.#set.timeMs + performance.now() - this.#set.atMs)
  }

  /** Takes over another clock's time, unless the two agree to within `toleranceMs` anyway. */
  set(timeMs: number, toleranceMs: number): void {
    if (this.#set !== undefined && Math.abs(timeMs - this.now().getTime()) <= toleranceMs) return
    this.#set = { timeMs, atMs: performance.now() }
  }
}
