import type { Msg } from '@nats-io/nats-core'
import type { Logger } from 'pino'
import type { Connection } from './connection/connection.ts'
import type { BusCounters } from './types.ts'
import { checkPattern, checkSubject } from './subject.ts'
import type { LiveHandler } from './types.ts'

interface SharedSubscription {
  readonly handlers: Set<{ readonly handler: LiveHandler }>
  readonly unsubscribe: () => void
}

/** Live signals: at most once, for sockets only. Loss is found by the message log's numbers, not here. */
export class LiveSignals {
  readonly #connection: Connection
  readonly #counters: BusCounters
  readonly #log: Logger
  readonly #shared = new Map<string, SharedSubscription>()

  constructor(parts: { connection: Connection; counters: BusCounters; log: Logger }) {
    this.#connection = parts.connection
    this.#counters = parts.counters
    this.#log = parts.log
  }

  publish(subject: string, payload: unknown): void {
    checkSubject(subject)
    const client = this.#connection.client()
    if (client === undefined) {
      this.#counters.liveDropped += 1
      return
    }
    try {
      client.nc.publish(subject, JSON.stringify(payload ?? null))
    } catch (error) {
      // Closing, or larger than the server takes: live signals may be lost, callers must not fail for them.
      this.#counters.liveDropped += 1
      this.#log.warn({ err: error, subject }, 'live signal dropped')
    }
  }

  listen(subject: string, handler: LiveHandler): () => void {
    const shared = this.#shared.get(subject) ?? this.#open(subject)
    const entry = { handler }
    shared.handlers.add(entry)
    return () => {
      if (!shared.handlers.delete(entry) || shared.handlers.size > 0) return
      this.#shared.delete(subject)
      shared.unsubscribe()
    }
  }

  #open(subject: string): SharedSubscription {
    const handlers: SharedSubscription['handlers'] = new Set()
    const subscription = this.#connection.subscribe(checkPattern(subject), undefined, (message) =>
      this.#dispatch(handlers, message)
    )
    const shared = { handlers, unsubscribe: () => subscription.unsubscribe() }
    this.#shared.set(subject, shared)
    return shared
  }

  #dispatch(handlers: SharedSubscription['handlers'], message: Msg): void {
    let payload: unknown
    try {
      payload = message.json()
    } catch (error) {
      this.#log.warn({ err: error, subject: message.subject }, 'live signal is not JSON')
      return
    }
    for (const { handler } of handlers) {
      try {
        const outcome: unknown = handler(payload, message.subject)
        if (outcome instanceof Promise) outcome.catch((error: unknown) => this.#logFailure(error, message.subject))
      } catch (error) {
        this.#logFailure(error, message.subject)
      }
    }
  }

  #logFailure(error: unknown, subject: string): void {
    this.#log.error({ err: error, subject }, 'live handler failed')
  }
}
