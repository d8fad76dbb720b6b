import { presenceLease } from '@belay/contracts'
import type { Logger } from 'pino'
import { type Announcement, Gateway } from './gateway.ts'

/** Announcements can keep getting lost; after this many lists the next lease is awaited. */
const maxListsInARow = 3
const lookEveryMs = 500

/** What it takes to know what is present. A key is what is present: a person, or a person in a thread. */
export interface GatewaysParts {
  clock: { now(): Date }
  log: Logger
  /** Asks a gateway for everything that is present on it. */
  list(gatewayId: string): Promise<{ version: number; keys: readonly string[] }>
  /** Called with keys that came to or went from a gateway; they may be present on another one. */
  onChange?(keys: readonly string[]): void
  /** How long the keys of a gateway that shut down stay present, for reconnects to another one. Defaults to 0. */
  keepGoneMs?: number
}

/** Every gateway whose lease has not expired. */
export class Gateways {
  readonly #parts: GatewaysParts
  readonly #known = new Map<string, Gateway>()
  readonly #refreshing = new Map<Gateway, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #lookedAtMs = performance.now()

  constructor(parts: GatewaysParts) {
    this.#parts = parts
  }

  apply(announcement: Announcement): void {
    const { gateway_id: id, kind } = announcement
    if (kind === 'gone') {
      this.#shutDown(id)
      return
    }
    const gateway = this.#known.get(id) ?? this.#add(id)
    gateway.expiresAtMs = this.#nowMs() + presenceLease.expiresMs
    if (gateway.apply(announcement) || this.#refreshing.has(gateway)) return
    const refreshing = this.#refresh(id, gateway).finally(() => this.#refreshing.delete(gateway))
    this.#refreshing.set(gateway, refreshing)
  }

  /** Resolves when no list is on its way. */
  async refreshed(): Promise<void> {
    await Promise.all(this.#refreshing.values())
  }

  has(key: string): boolean {
    const nowMs = this.#nowMs()
    for (const gateway of this.#known.values()) {
      if (gateway.expiresAtMs > nowMs && gateway.keys.has(key)) return true
    }
    return false
  }

  keys(): ReadonlySet<string> {
    const keys = new Set<string>()
    for (const gateway of this.#known.values()) for (const key of gateway.keys) keys.add(key)
    return keys
  }

  startExpiring(): void {
    this.#timer = setInterval(() => this.#dropExpired(), lookEveryMs)
  }

  stopExpiring(): void {
    clearInterval(this.#timer)
  }

  #add(id: string): Gateway {
    const gateway = new Gateway((keys) => this.#parts.onChange?.(keys))
    this.#known.set(id, gateway)
    return gateway
  }

  #shutDown(id: string): void {
    const { keepGoneMs = 0 } = this.#parts
    const gateway = this.#known.get(id)
    if (gateway === undefined) return
    if (keepGoneMs === 0) this.#drop(id, gateway)
    else gateway.expiresAtMs = this.#nowMs() + keepGoneMs + lookEveryMs
  }

  /** Drops a gateway before its lease ends rather than after. */
  #dropExpired(): void {
    const lookedAtMs = this.#lookedAtMs
    this.#lookedAtMs = performance.now()
    // This process stood still: what was announced meanwhile comes first.
    if (this.#lookedAtMs - lookedAtMs > 2 * lookEveryMs) return
    const deadlineMs = this.#nowMs() + lookEveryMs
    for (const [id, gateway] of this.#known) if (gateway.expiresAtMs <= deadlineMs) this.#drop(id, gateway)
  }

  #drop(id: string, gateway: Gateway): void {
    this.#known.delete(id)
    this.#parts.onChange?.([...gateway.keys])
  }

  #nowMs(): number {
    return this.#parts.clock.now().getTime()
  }

  /** Never rejects. */
  async #refresh(id: string, gateway: Gateway): Promise<void> {
    const { list, log } = this.#parts
    try {
      for (let complete = false, tries = 0; !complete && tries < maxListsInARow; tries += 1) {
        const { version, keys } = await list(id)
        complete = gateway.replace(version, keys)
      }
    } catch (error) {
      // The next lease, seconds away, asks again.
      log.debug({ err: error, gateway_id: id }, 'a realtime gateway did not list its presence')
    }
    gateway.dropEarly()
  }
}
