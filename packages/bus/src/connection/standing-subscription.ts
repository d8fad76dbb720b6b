import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core'
import type { Logger } from 'pino'

export type MessageCallback = (message: Msg) => void

interface SubscriptionParts {
  subject: string
  queue: string | undefined
  /** Must not throw: the client cannot handle it. */
  callback: MessageCallback
  log: Logger
}

/** A subscription that outlives the NATS client it is attached to. */
export class StandingSubscription {
  readonly #parts: SubscriptionParts
  readonly #forget: () => void
  #live: Subscription | undefined

  constructor(parts: SubscriptionParts, forget: () => void) {
    this.#parts = parts
    this.#forget = forget
  }

  /** Subscribes on this client, which keeps it through its own reconnects. */
  attach(nc: NatsConnection): void {
    const { subject, queue, callback, log } = this.#parts
    if (nc.isClosed() || nc.isDraining()) return
    this.#live = nc.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error === null) callback(message)
        else log.error({ err: error, subject }, 'NATS refused a subscription')
      }
    })
  }

  /** Ends it at once. */
  unsubscribe(): void {
    this.#forget()
    this.#live?.unsubscribe()
  }

  /** Ends it once everything the server has already sent was handed over. */
  async drain(): Promise<void> {
    this.#forget()
    if (this.#live?.isClosed() === false) await this.#live.drain().catch(() => undefined)
  }
}
