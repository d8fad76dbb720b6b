import type { Clock } from '@belay/kit'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection } from '#src/core/connection.ts'
import type { Handshake } from '#src/transports/websocket/handshake.ts'

/** Refusals in a row that are answered at once: a person who mistypes or two tabs notice no delay. */
const promptRefusals = 3
const firstDelayMs = 250
const longestDelayMs = 5_000
/** A client that stays away for this long starts over. */
const forgottenAfterMs = 60_000
/** Addresses and paths that are remembered; the one that has been quiet for longest goes first. */
const maxRemembered = 10_000
/** Sockets that wait for their close frame at once; further ones are closed without a delay. */
const maxWaiting = 1_000

interface Refused {
  count: number
  lastMs: number
}

/**
 * Closes the sockets that are not admitted. A client that comes back again and again with what was refused is answered
 * later each time, so that one without a pause of its own cannot spin.
 */
export class Refusals {
  readonly #clock: Clock
  readonly #longestDelayMs: number
  /** By address and path. */
  readonly #refused = new Map<string, Refused>()
  #waiting = 0

  /** `openTimeoutMs`: by when a socket has to be admitted or refused. */
  constructor(options: { clock: Clock; openTimeoutMs: number }) {
    this.#clock = options.clock
    this.#longestDelayMs = Math.min(longestDelayMs, options.openTimeoutMs / 2)
  }

  /** Closes a connection that is not admitted, at once or after a delay. */
  close(connection: Connection, reason: CloseReason, handshake: Handshake): void {
    // The fault is ours: these clients come back later anyway.
    const delayMs = reason === 'unavailable' ? 0 : this.#delay(keyOf(handshake))
    if (delayMs === 0 || this.#waiting >= maxWaiting) {
      connection.end(reason)
      return
    }
    this.#waiting += 1
    const timer = setTimeout(() => {
      this.#waiting -= 1
      connection.end(reason)
    }, delayMs)
    timer.unref()
  }

  /** The client was admitted. */
  forget(handshake: Handshake): void {
    this.#refused.delete(keyOf(handshake))
  }

  #delay(key: string): number {
    const nowMs = this.#clock.now().getTime()
    const before = this.#refused.get(key)
    const count = before !== undefined && nowMs - before.lastMs < forgottenAfterMs ? before.count + 1 : 1
    this.#refused.delete(key)
    this.#refused.set(key, { count, lastMs: nowMs })
    const [quietest] = this.#refused.keys()
    if (this.#refused.size > maxRemembered && quietest !== undefined) this.#refused.delete(quietest)
    if (count <= promptRefusals) return 0
    return Math.min(this.#longestDelayMs, firstDelayMs * 2 ** Math.min(count - promptRefusals - 1, 10))
  }
}

function keyOf({ address, subject }: Handshake): string {
  return JSON.stringify([address, subject.slice(0, 64)])
}
