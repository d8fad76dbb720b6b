/** What a realtime gateway announces: that a key came or went, or that nothing has happened since a version. */
export type Announcement =
  | { kind: 'change'; gateway_id: string; version: number; key: string; present: boolean }
  | { kind: 'lease' | 'gone'; gateway_id: string; version: number }

type Change = Extract<Announcement, { kind: 'change' }>

/** The keys that are present on one realtime gateway. */
export class Gateway {
  readonly keys = new Set<string>()
  /** Milliseconds since the epoch. */
  expiresAtMs = 0
  #version = -1
  /** The highest version that was announced. */
  #latest = -1
  /** Changes that arrived before their predecessors; the whole list, which is on its way, may be older than they are. */
  #early: Change[] = []
  readonly #onChange: (keys: readonly string[]) => void

  /** `onChange` is called with the keys that came or went. */
  constructor(onChange: (keys: readonly string[]) => void) {
    this.#onChange = onChange
  }

  /** Applies a change or a lease. Returns false when an earlier one was missed and the whole list is needed. */
  apply(announcement: Announcement): boolean {
    const { version } = announcement
    this.#latest = Math.max(this.#latest, version)
    if (version <= this.#version) return true
    if (announcement.kind !== 'change') return false
    if (version !== this.#version + 1) {
      this.#early.push(announcement)
      return false
    }
    this.#version = version
    if (announcement.present) this.keys.add(announcement.key)
    else this.keys.delete(announcement.key)
    this.#onChange([announcement.key])
    return true
  }

  /** Applies the whole list as of `version` and the changes since. Returns false when one is missing again. */
  replace(version: number, keys: readonly string[]): boolean {
    if (version > this.#version) {
      this.#version = version
      const before = new Set(this.keys)
      this.keys.clear()
      for (const key of keys) this.keys.add(key)
      this.#onChange([...before, ...keys].filter((key) => before.has(key) !== this.keys.has(key)))
    }
    const early = this.#early
    this.#early = []
    for (const change of early) this.apply(change)
    return this.#version >= this.#latest
  }

  /** No list is on its way any more: the next one will be newer than every change until now. */
  dropEarly(): void {
    this.#early = []
  }
}
