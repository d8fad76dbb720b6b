import type { JsMsg } from '@nats-io/jetstream'

/** How a message is settled with the server: acknowledged, given back or terminated. */
export type Settlement = (message: JsMsg) => void

/** A message and the incarnation of the stream that it comes from. */
export interface Delivery {
  readonly message: JsMsg
  /** That incarnation's name, by `StreamWatch`. */
  readonly incarnation: string
}

/**
 * Settles deliveries with the stream they come from.
 *
 * While its consumer cannot be reached, settlements wait here, so that work done during an outage is not delivered
 * again. When the stream turns out to be a new or a damaged one, they are dropped: acknowledgements name
 * sequence numbers, and those of the old stream would acknowledge events of the new one that were not handled.
 */
export class Settlements {
  #current: string | undefined
  #waiting: { delivery: Delivery; settlement: Settlement }[] = []
  readonly #held = new Set<Delivery>()

  /** The consumer is reachable, on this incarnation of the stream. */
  bound(incarnation: string): void {
    this.#current = incarnation
    const waiting = this.#waiting
    this.#waiting = []
    for (const { delivery, settlement } of waiting) this.settle(delivery, settlement)
  }

  unbound(): void {
    this.#current = undefined
  }

  /** This process has it in hand until it is settled. */
  hold(delivery: Delivery): void {
    this.#held.add(delivery)
  }

  /** Reports to the server that the deliveries in hand are being worked on, so that it does not deliver them again. */
  prolong(): void {
    for (const delivery of this.#held) {
      if (delivery.incarnation === this.#current) trySettle(delivery, (message) => message.working())
    }
  }

  /** Never throws. */
  settle(delivery: Delivery, settlement: Settlement): void {
    this.#held.delete(delivery)
    if (this.#current === undefined) this.#waiting.push({ delivery, settlement })
    else if (this.#current === delivery.incarnation) trySettle(delivery, settlement)
  }
}

function trySettle({ message }: Delivery, settlement: Settlement): void {
  try {
    settlement(message)
  } catch {
    // The NATS client it came by is closed: the server delivers it again, and the handler has seen it before.
  }
}
