import { setTimeout as wait } from 'node:timers/promises'
import { type Bus, conforms } from '@belay/bus'
import { listPresence, liveSubjects, presenceLease, PresenceSignal } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import type { Logger } from 'pino'
import { GatewayPresence } from './gateway-presence.ts'

/** Signals can keep getting lost; after this many lists the next lease is awaited. */
const maxListsInARow = 3

/** Who has a live socket in which thread, as the realtime gateways report it. */
export interface Presence {
  isLive(threadId: string, userId: string): boolean
  /**
   * Resolves when it is known who is live: at once, except shortly after the start or a lost connection, while the
   * gateways are still responding.
   */
  settled(): Promise<void>
  close(): void
}

/** What following the gateways needs. */
export interface PresenceParts {
  bus: Pick<Bus, 'ask' | 'listenLive' | 'onReconnect' | 'publishLive'>
  clock: Clock
  log: Logger
  /** Called for each person whose last connection to a thread on a gateway turned out to be dead. */
  onDead?: (place: { thread_id: string; user_id: string }) => void
  /** How long the gateways have to respond to a call: they may be reconnecting themselves. Defaults to 1,000. */
  callAnsweredWithinMs?: number
}

/** Follows every realtime gateway: changes as they happen, the whole list after a missed change, until its lease expires. */
export function followPresence(parts: PresenceParts): Presence {
  const { bus } = parts
  const gateways = new Gateways(parts)
  const closing = new AbortController()
  let called: Promise<unknown> = Promise.resolve()

  function call(): void {
    bus.publishLive(liveSubjects.presenceCall, {})
    const { callAnsweredWithinMs: ms = 1_000 } = parts
    called = wait(ms, undefined, { signal: closing.signal }).catch(() => undefined)
  }

  const stopListening = bus.listenLive(liveSubjects.everyPresence, (signal) => {
    if (!conforms(PresenceSignal, signal)) return
    gateways.apply(signal)
    if (signal.kind === 'change' && signal.dead === true) {
      parts.onDead?.({ thread_id: signal.thread_id, user_id: signal.user_id })
    }
  })
  bus.onReconnect(call)
  call()
  const cleanup = setInterval(() => gateways.deleteExpired(), presenceLease.renewMs)

  return {
    isLive: (threadId, userId) => gateways.isLive(threadId, userId),
    async settled() {
      await called
      await gateways.refreshed()
    },
    close() {
      clearInterval(cleanup)
      stopListening()
      closing.abort()
    }
  }
}

class Gateways {
  readonly #parts: PresenceParts
  readonly #known = new Map<string, GatewayPresence>()
  readonly #refreshing = new Map<GatewayPresence, Promise<void>>()

  constructor(parts: PresenceParts) {
    this.#parts = parts
  }

  apply(signal: PresenceSignal): void {
    const { gateway_id: id } = signal
    if (signal.kind === 'gone') {
      this.#known.delete(id)
      return
    }
    const gateway = this.#known.get(id) ?? new GatewayPresence()
    this.#known.set(id, gateway)
    gateway.lastSignalAt = this.#parts.clock.now().getTime()
    if (gateway.apply(signal) || this.#refreshing.has(gateway)) return
    const refreshing = this.#refresh(id, gateway).finally(() => this.#refreshing.delete(gateway))
    this.#refreshing.set(gateway, refreshing)
  }

  /** Resolves when no list is on its way. */
  async refreshed(): Promise<void> {
    await Promise.all(this.#refreshing.values())
  }

  isLive(threadId: string, userId: string): boolean {
    const deadline = this.#deadline()
    for (const gateway of this.#known.values()) {
      if (gateway.lastSignalAt >= deadline && gateway.isLive(threadId, userId)) return true
    }
    return false
  }

  deleteExpired(): void {
    const deadline = this.#deadline()
    for (const [id, gateway] of this.#known) if (gateway.lastSignalAt < deadline) this.#known.delete(id)
  }

  #deadline(): number {
    return this.#parts.clock.now().getTime() - presenceLease.expiresMs
  }

  /** Never rejects. */
  async #refresh(gatewayId: string, gateway: GatewayPresence): Promise<void> {
    const { bus, log } = this.#parts
    try {
      for (let complete = false, tries = 0; !complete && tries < maxListsInARow; tries += 1) {
        const { version, live } = await bus.ask(listPresence(gatewayId), {})
        complete = gateway.replace(version, live)
      }
    } catch (error) {
      // The next lease, seconds away, asks again.
      log.debug({ err: error, gateway_id: gatewayId }, 'a realtime gateway did not list its presence')
    }
    gateway.dropEarly()
  }
}
