import type { PresenceSignal } from '@belay/contracts'

/** What one realtime gateway said of who is live in which thread. */
export class GatewayPresence {
  /** Milliseconds since the epoch. */
  heardAt = 0
  refreshing = false
  #version = -1
  #live = new Map<string, Set<string>>()

  /** Takes in a change or a lease; false when something before it was missed and the whole list is needed. */
  follow(signal: Exclude<PresenceSignal, { kind: 'gone' }>): boolean {
    if (signal.kind === 'lease') return signal.version === this.#version
    if (signal.version <= this.#version) return true
    if (signal.version !== this.#version + 1) return false
    this.#version = signal.version
    if (signal.live) this.#add(signal.thread_id, signal.user_id)
    else this.#remove(signal.thread_id, signal.user_id)
    return true
  }

  /** Takes in the whole list, as it stood at `version`. */
  replace(version: number, live: readonly { thread_id: string; user_id: string }[]): void {
    this.#version = version
    this.#live.clear()
    for (const { thread_id, user_id } of live) this.#add(thread_id, user_id)
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
