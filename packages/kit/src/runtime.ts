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

/** The machine's clock and random ids. */
export const systemRuntime: Runtime = Object.freeze({
  clock: Object.freeze({ now: () => new Date() }),
  newId
})
