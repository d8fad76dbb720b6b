import { newId } from './new-id.ts'

/** Where the time comes from. */
export interface Clock {
  now(): Date
}

/** Time and identity as parameters, so that tests can set them. */
export interface Runtime {
  clock: Clock
  /** A new UUID; version 7, so that later ones sort after earlier ones. */
  newId(): string
}

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

/** One clock for the whole process; `registerBackbone` sets it by the database's. */
export const systemClock = new SystemClock()

/** The process's clock and random ids. */
export const systemRuntime: Runtime = Object.freeze({ clock: systemClock, newId })
