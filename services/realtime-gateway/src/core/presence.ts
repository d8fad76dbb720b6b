import type { Bus } from '@belay/bus'
import { liveSubjects, presenceLease, type PresenceSignal } from '@belay/contracts'

export interface PresenceOptions {
  bus: Pick<Bus, 'publishLive' | 'listenLive' | 'onReconnect'>
  gatewayId: string
}

/** What fits into one answer of NATS (1 MiB). People beyond it count as away. */
const maxListed = 9_000

/**
 * Publishes who has a live connection in which thread here. Every change has the next version, and the lease repeats the
 * latest one, so that a listener that missed a change notices and asks for the whole list.
 */
export class Presence {
  readonly gatewayId: string
  readonly #options: PresenceOptions
  #version = 0
  #timer: NodeJS.Timeout | undefined
  #stopListening: (() => void) | undefined

  constructor(options: PresenceOptions) {
    this.gatewayId = options.gatewayId
    this.#options = options
  }

  start(): void {
    const { bus } = this.#options
    this.#timer = setInterval(() => this.#renew(), presenceLease.renewMs)
    this.#stopListening = bus.listenLive(liveSubjects.presenceCall, () => this.#renew())
    bus.onReconnect(() => this.#renew())
    this.#renew()
  }

  /** A person's first connection joined a thread. */
  entered(threadId: string, userId: string): void {
    this.#change({ thread_id: threadId, user_id: userId, live: true })
  }

  /** A person's last connection left a thread. `dead`: it did not answer any more. */
  left(threadId: string, userId: string, dead: boolean): void {
    this.#change({ thread_id: threadId, user_id: userId, live: false, ...(dead && { dead }) })
  }

  /** Returns the current version, and as many of the people who have joined as fit into one answer. */
  list<Joined>(joined: Joined[]): { version: number; live: Joined[] } {
    return { version: this.#version, live: joined.slice(0, maxListed) }
  }

  /** Publishes that this gateway has no connections any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#stopListening?.()
    this.#publish({ kind: 'gone', gateway_id: this.gatewayId, version: this.#version })
  }

  #change(change: { thread_id: string; user_id: string; live: boolean; dead?: true }): void {
    this.#version += 1
    this.#publish({ kind: 'change', gateway_id: this.gatewayId, version: this.#version, ...change })
  }

  #renew(): void {
    this.#publish({ kind: 'lease', gateway_id: this.gatewayId, version: this.#version })
  }

  #publish(signal: PresenceSignal): void {
    this.#options.bus.publishLive(liveSubjects.presence(this.gatewayId), signal)
  }
}
