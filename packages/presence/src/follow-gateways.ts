import { setTimeout as wait } from 'node:timers/promises'
import type { Bus } from '@belay/bus'
import type { Announcement } from './gateway.ts'
import { Gateways, type GatewaysParts } from './gateways.ts'

/** What following the gateways needs. */
export interface FollowParts extends GatewaysParts {
  bus: Pick<Bus, 'onReconnect'>
  /** Calls `apply` with every announcement until the returned function is called. */
  listen(apply: (announcement: Announcement) => void): () => void
  /** Asks every gateway to renew its lease at once. */
  call(): void
  /** How long the gateways have to respond to a call: they may be reconnecting themselves. Defaults to 1,000. */
  callAnsweredWithinMs?: number
}

/** What is present on any of the gateways. */
export interface Present {
  has(key: string): boolean
  keys(): ReadonlySet<string>
  /**
   * Resolves when it is known what is present: at once, except shortly after the start or a lost connection, while the
   * gateways are still responding.
   */
  settled(): Promise<void>
  close(): void
}

/** Follows every realtime gateway: changes as they happen, the whole list after a missed change, until its lease expires. */
export function followGateways(parts: FollowParts): Present {
  const gateways = new Gateways(parts)
  const closing = new AbortController()
  let called: Promise<unknown> = Promise.resolve()

  function call(): void {
    parts.call()
    const { callAnsweredWithinMs: ms = 1_000 } = parts
    called = wait(ms, undefined, { signal: closing.signal }).catch(() => undefined)
  }

  const stopListening = parts.listen((announcement) => gateways.apply(announcement))
  parts.bus.onReconnect(call)
  call()
  gateways.startExpiring()

  return {
    has: (key) => gateways.has(key),
    keys: () => gateways.keys(),
    async settled() {
      let awaited: unknown
      while (awaited !== called) {
        awaited = called
        await called
        await gateways.refreshed()
      }
    },
    close() {
      gateways.stopExpiring()
      stopListening()
      closing.abort()
    }
  }
}
