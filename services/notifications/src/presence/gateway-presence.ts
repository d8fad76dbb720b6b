import type { PresenceSignal } from '@belay/contracts'

type Change = Extract<PresenceSignal, { kind: 'change' }>

/** What one realtime gateway said of who is live in which thread. */
export class GatewayPresence {
  /** Milliseconds since the epoch. */
  heardAt = 0
  #version = -1
  /** The highest version it has spoken of. */
  #heard = -1
  #live = new Map<string, Set<string>>()
  /** Changes heard before those that they follow; the whole list, which is on its way, may be older than they are. */
  #early: Change[] = []

  /** Takes in a change or a lease; false when something before it was missed and the whole list is needed. */
  follow(signal: Exclude<PresenceSignal, { kind: 'gone' }>): boolean {
    this.#heard = Math.max(this.#heard, signal.version)
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

  /** Takes in the whole list, as it stood at `version`, and what was heard since; false when something is missing again. */
  replace(version: number, live: readonly { thread_id: string; user_id: string }[]): boolean {
    if (version > this.#version) {
      this.#version = version
      this.#live.clear()
      for (const { thread_id, user_id } of live) this.#add(thread_id, user_id)
    }
    const early = this.#early
    this.#early = []
    for (const change of early) this.follow(change)
    return this.#version >= this.#heard
  }

  /** No list is on its way any more: the next one will be newer than all that was heard until now. */
  forgetEarly(): void {
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
