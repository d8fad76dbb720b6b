import type { PresenceSignal } from '@belay/contracts'

type Change = Extract<PresenceSignal, { kind: 'change' }>

/** Who is live in which thread on one realtime gateway. */
export class GatewayPresence {
  /** Milliseconds since the epoch. */
  lastSignalAt = 0
  #version = -1
  /** The highest version in its signals. */
  #latest = -1
  #live = new Map<string, Set<string>>()
  /** Changes that arrived before their predecessors; the whole list, which is on its way, may be older than they are. */
  #early: Change[] = []

  /** Applies a change or a lease. Returns false when an earlier one was missed and the whole list is needed. */
  apply(signal: Exclude<PresenceSignal, { kind: 'gone' }>): boolean {
    this.#latest = Math.max(this.#latest, signal.version)
    if (signal.version <= this.#version) return true
    if (signal.kind === 'lease') return false
    if (signal.version !== this.#version + 1) {
      this.#early.push(signal)
      return false
    }
    this.#version = signal.version
    if (signal.live) this.#add(signal.thread_id, signal.user_id)
    else this.#remove(signal.thread_id, signal.user_id)
    return true
  }

  /** Applies the whole list as of `version` and the changes since. Returns false when one is missing again. */
  replace(version: number, live: readonly { thread_id: string; user_id: string }[]): boolean {
    if (version > this.#version) {
      this.#version = version
      this.#live.clear()
      for (const { thread_id, user_id } of live) this.#add(thread_id, user_id)
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

  isLive(threadId: string, userId: string): boolean {
    return this.#live.get(threadId)?.has(userId) ?? false
  }

  #add(threadId: string, userId: string): void {
    const users = this.#live.get(threadId)
    if (users) users.add(userId)
    else this.#live.set(threadId, new Set([userId]))
  }

  #remove(threadId: string, userId: string): void {
    const users = this.#live.get(threadId)
    users?.delete(userId)
    if (users?.size === 0) this.#live.delete(threadId)
  }
}
