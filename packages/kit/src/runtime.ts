import type { Neighbours } from './neighbours.ts'
import { newId } from './new-id.ts'

/** A source of the time. */
export interface Clock {
  now(): Date
}

/** Time and identity as parameters, so that tests can set them. */
export interface Runtime {
  clock: Clock
  /** Returns a new UUID of version 7; later ones sort after earlier ones. */
  newId(): string
  /** What the services of this process share; undefined where an app stands alone (tests). */
  neighbours?: Neighbours | undefined
}

/**
 * The process's clock: the host's clock until it is set. From then on it counts independently, so that a wrong host clock,
 * or one that is corrected later, makes no difference.
 */
export class SystemClock implements Clock {
  readonly #hostNow: () => number
  #set: { timeMs: number; atMs: number } | undefined

  /** `hostNow` returns the host's time in milliseconds since the epoch. */
  constructor(hostNow: () => number = Date.now) {
    this.#hostNow = hostNow
  }

  now(): Date {
    return new Date(this.#set === undefined ? this.#hostNow() : this.#set.timeMs + performance.now() - this.#set.atMs)
  }

  /** Sets the clock to another one's time, unless the two differ by no more than `toleranceMs`. */
  set(timeMs: number, toleranceMs: number): void {
    if (this.#set !== undefined && Math.abs(timeMs - this.now().getTime()) <= toleranceMs) return
    this.#set = { timeMs, atMs: performance.now() }
  }
}

/** One clock for the whole process; `registerBackbone` sets it to the database's. */
export const systemClock = new SystemClock()

/** The process's clock and random ids. */
export const systemRuntime: Runtime = Object.freeze({ clock: systemClock, newId })
