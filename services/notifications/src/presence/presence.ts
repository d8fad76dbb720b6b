import type { Bus } from '@belay/bus'
import { listPresence, liveSubjects, presenceLease, PresenceSignal } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import type { Logger } from 'pino'
import { Value } from 'typebox/value'
import { GatewayPresence } from './gateway-presence.ts'

/** Who has a live socket in which thread, as the realtime gateways tell it. */
export interface Presence {
  isLive(threadId: string, userId: string): boolean
  close(): void
}

/**
 * Follows every realtime gateway: changes as they happen, the whole list when a change was missed, and nothing more
 * of a gateway whose lease has run out.
 */
export function followPresence({ bus, clock, log }: { bus: Bus; clock: Clock; log: Logger }): Presence {
  const gateways = new Map<string, GatewayPresence>()

  function hear(signal: PresenceSignal): void {
    if (signal.kind === 'gone') {
      gateways.delete(signal.gateway_id)
      return
    }
    const gateway = gateways.get(signal.gateway_id) ?? new GatewayPresence()
    gateways.set(signal.gateway_id, gateway)
    gateway.heardAt = clock.now().getTime()
    if (!gateway.follow(signal)) void refresh(signal.gateway_id, gateway)
  }

  async function refresh(gatewayId: string, gateway: GatewayPresence): Promise<void> {
    if (gateway.refreshing) return
    gateway.refreshing = true
    try {
      const { version, live } = await bus.ask(listPresence(gatewayId), {})
      gateway.replace(version, live)
    } catch (error) {
      // The next lease, seconds away, asks again.
      log.debug({ err: error, gateway_id: gatewayId }, 'a realtime gateway did not list its presence')
    } finally {
      gateway.refreshing = false
    }
  }

  function forgetSilent(): void {
    const deadline = clock.now().getTime() - presenceLease.expiresMs
    for (const [id, gateway] of gateways) if (gateway.heardAt < deadline) gateways.delete(id)
  }

  const stopListening = bus.listenLive(liveSubjects.everyPresence, (signal) => {
    if (Value.Check(PresenceSignal, signal)) hear(signal)
  })
  const call = () => bus.publishLive(liveSubjects.presenceCall, {})
  bus.onReconnect(call)
  call()
  const sweep = setInterval(forgetSilent, presenceLease.renewMs)

  return {
    isLive(threadId, userId) {
      for (const gateway of gateways.values()) if (gateway.isLive(threadId, userId)) return true
      return false
    },
    close() {
      clearInterval(sweep)
      stopListening()
    }
  }
}
