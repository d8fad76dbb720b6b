import { setTimeout as wait } from 'node:timers/promises'
import type { Bus } from '@belay/bus'
import { listPresence, liveSubjects, presenceLease, PresenceSignal } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import type { Logger } from 'pino'
import { Value } from 'typebox/value'
import { GatewayPresence } from './gateway-presence.ts'

/** Signals may go on getting lost; after so many lists the next lease is waited for. */
const maxListsInARow = 3

/** Who has a live socket in which thread, as the realtime gateways tell it. */
export interface Presence {
  isLive(threadId: string, userId: string): boolean
  /**
   * Resolves when it is known who is live: at once, but for a moment after the start or a lost connection, in which
   * the gateways are still answering.
   */
  settled(): Promise<void>
  close(): void
}

/** What is needed to follow the gateways. */
export interface PresenceParts {
  bus: Pick<Bus, 'ask' | 'listenLive' | 'onReconnect' | 'publishLive'>
  clock: Clock
  log: Logger
  /** Hears of each person whose last connection to a thread on a gateway turned out to have been dead. */
  dropped?: (place: { threadId: string; userId: string }) => void
  /** How long the gateways have to answer a call: they may be reconnecting themselves. */
  callAnsweredWithinMs?: number
}

/**
 * Follows every realtime gateway: changes as they happen, the whole list when a change was missed, and nothing more
 * of a gateway whose lease has run out.
 */
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
    if (!Value.Check(PresenceSignal, signal)) return
    gateways.hear(signal)
    if (signal.kind === 'change' && signal.dead === true) {
      parts.dropped?.({ threadId: signal.thread_id, userId: signal.user_id })
    }
  })
  bus.onReconnect(call)
  call()
  const sweep = setInterval(() => gateways.forgetSilent(), presenceLease.renewMs)

  return {
    isLive: (threadId, userId) => gateways.isLive(threadId, userId),
    async settled() {
      await called
      await gateways.refreshed()
    },
    close() {
      clearInterval(sweep)
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

  hear(signal: PresenceSignal): void {
    const { gateway_id: id } = signal
    if (signal.kind === 'gone') {
      this.#known.delete(id)
      return
    }
    const gateway = this.#known.get(id) ?? new GatewayPresence()
    this.#known.set(id, gateway)
    gateway.heardAt = this.#parts.clock.now().getTime()
    if (gateway.follow(signal) || this.#refreshing.has(gateway)) return
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
      if (gateway.heardAt >= deadline && gateway.isLive(threadId, userId)) return true
    }
    return false
  }

  forgetSilent(): void {
    const deadline = this.#deadline()
    for (const [id, gateway] of this.#known) if (gateway.heardAt < deadline) this.#known.delete(id)
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
    gateway.forgetEarly()
  }
}
