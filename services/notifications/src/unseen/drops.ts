import type { Place } from './unseen.repository.ts'

/** More than this is left to its time: each place is looked at again anyway. */
const maxWaiting = 10_000

/** Places whose connection turned out to have been dead, until somebody takes them. */
export class Drops {
  #places: Place[] = []
  #wake: () => void = () => undefined

  add(place: Place): void {
    if (this.#places.length < maxWaiting) this.#places.push(place)
    this.#wake()
  }

  /** All that came since the last time. */
  take(): Place[] {
    const places = this.#places
    this.#places = []
    return places
  }

  get waiting(): boolean {
    return this.#places.length > 0
  }

  /** Calls back with each place that comes. */
  onAdd(wake: () => void): void {
    this.#wake = wake
  }
}
