import type { Bus } from '@belay/bus'
import { liveSubjects, presenceLease } from '@belay/contracts'

/** A signal of one gateway about the people on it. */
type Signal<Change> = { gateway_id: string; version: number } & (
  | ({ kind: 'change' } & Change)
  | { kind: 'lease' | 'gone' }
)

export interface AnnouncementsOptions<Change> {
  bus: Pick<Bus, 'listenLive' | 'onReconnect'>
  gatewayId: string
  publish: (signal: Signal<Change>) => void
}

/**
 * Announces changes to other processes. Every change has the next version, and a lease repeats the latest one, so that a
 * listener that missed a change notices and asks for the whole list.
 */
export class Announcements<Change extends object> {
  readonly gatewayId: string
  version = 0
  readonly #options: AnnouncementsOptions<Change>
  #timer: NodeJS.Timeout | undefined
  #stopListening: (() => void) | undefined

  constructor(options: AnnouncementsOptions<Change>) {
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

  change(change: Change): void {
    this.version += 1
    this.#options.publish({ kind: 'change', gateway_id: this.gatewayId, version: this.version, ...change })
  }

  /** Announces that this gateway has no connections any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#stopListening?.()
    this.#options.publish({ kind: 'gone', gateway_id: this.gatewayId, version: this.version })
  }

  #renew(): void {
    this.#options.publish({ kind: 'lease', gateway_id: this.gatewayId, version: this.version })
  }
}
