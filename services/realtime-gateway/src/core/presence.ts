import type { Bus } from '@belay/bus'
import { liveSubjects, presenceLease, type PresenceSignal } from '@belay/contracts'
import type { Fanout } from './fanout.ts'
import type { Subscription } from './connection.ts'

export interface PresenceOptions {
  bus: Pick<Bus, 'publishLive' | 'listenLive' | 'onReconnect'>
  fanout: Pick<Fanout, 'channels'>
  gatewayId: string
}

/** What fits into one answer of NATS (1 MiB). Whoever is not in it counts as away. */
const maxListed = 9_000

/**
 * Tells other services who has a live socket in which thread here. Every change has the next version, and the lease
 * repeats the latest one, so that a listener that missed a change notices and asks for the whole list.
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

  /** Marks a subscription as let in; its person's first one in the thread is announced. */
  joined(subscription: Subscription): void {
    const first = !subscription.channel.liveUserIds().has(subscription.userId)
    subscription.joined = true
    if (first) this.#change(subscription, true)
  }

  /** After a subscription was taken out of its channel; its person's last one in the thread is announced. */
  left(subscription: Subscription): void {
    if (subscription.joined && !subscription.channel.liveUserIds().has(subscription.userId)) {
      this.#change(subscription, false)
    }
  }

  /** Everybody, as of `version`; of more than fit into one answer, some. */
  list(): { version: number; live: { thread_id: string; user_id: string }[] } {
    const live = []
    for (const channel of this.#options.fanout.channels()) {
      for (const user_id of channel.liveUserIds()) live.push({ thread_id: channel.threadId, user_id })
    }
    return { version: this.#version, live: live.slice(0, maxListed) }
  }

  /** Says that nobody is here any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#stopListening?.()
    this.#tell({ kind: 'gone', gateway_id: this.gatewayId, version: this.#version })
  }

  #change({ channel, userId, connection }: Subscription, live: boolean): void {
    this.#version += 1
    const { gatewayId } = this
    this.#tell({
      kind: 'change',
      gateway_id: gatewayId,
      version: this.#version,
      thread_id: channel.threadId,
      user_id: userId,
      live,
      ...(!live && connection.transport.dead && { dead: true })
    })
  }

  #renew(): void {
    this.#tell({ kind: 'lease', gateway_id: this.gatewayId, version: this.#version })
  }

  #tell(signal: PresenceSignal): void {
    this.#options.bus.publishLive(liveSubjects.presence(this.gatewayId), signal)
  }
}
