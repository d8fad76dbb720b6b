import { SystemClock } from './clock/system-clock.ts'
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

/** One clock for the whole process; `registerBackbone` sets it by the database's. */
export const systemClock = new SystemClock()

/** The process's clock and random ids. */
export const systemRuntime: Runtime = Object.freeze({ clock: systemClock, newId })
