import type { Place } from './unseen.repository.ts'

/** More than this wait for their own time: each place is looked at again anyway. */
const maxWaiting = 10_000

/** Places whose connection turned out to be dead, until they are taken. */
export class DeadPlaces {
  #places: Place[] = []
  #wake: () => void = () => undefined

  add(place: Place): void {
    if (this.#places.length < maxWaiting) this.#places.push(place)
    this.#wake()
  }

  /** All places added since the last call. */
  take(): Place[] {
    const places = this.#places
    this.#places = []
    return places
  }

  get waiting(): boolean {
    return this.#places.length > 0
  }

  /** Calls `wake` whenever a place is added. */
  onAdd(wake: () => void): void {
    this.#wake = wake
  }
}
