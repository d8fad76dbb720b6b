import { AsyncLocalStorage } from 'node:async_hooks'
import { headers, type Msg } from '@nats-io/nats-core'
import type { Logger } from 'pino'
import type { Connection } from '../connection/connection.ts'
import type { BusNeighbours } from '../neighbours.ts'
import { checkPattern, checkSubject } from '../subject.ts'
import type { BusCounters, LiveHandler } from '../types.ts'

interface SharedSubscription {
  readonly handlers: Set<{ readonly handler: LiveHandler }>
  readonly unsubscribe: () => void
}

interface LiveParts {
  connection: Connection
  counters: BusCounters
  log: Logger
  neighbours: BusNeighbours | undefined
}

/** Names the process that published a signal, where listeners of that process got it already. */
const PROCESS_HEADER = 'Belay-Process'
/** Only services listen to these. */
const signals = 'belay.live.'

/**
 * Live signals: at most once, for sockets only. Loss is found by the message log's numbers, not here. Listeners in this
 * process get them directly.
 */
export class LiveSignals {
  readonly #parts: LiveParts
  readonly #shared = new Map<string, SharedSubscription>()
  readonly #fromHere = headers()
  /** Listeners are no part of what the publisher does. */
  readonly #outside = AsyncLocalStorage.snapshot()

  constructor(parts: LiveParts) {
    this.#parts = parts
    if (parts.neighbours !== undefined) this.#fromHere.set(PROCESS_HEADER, parts.neighbours.process)
  }

  publish(subject: string, payload: unknown): void {
    const { connection, counters, log } = this.#parts
    const neighbours = this.#neighboursFor(checkSubject(subject))
    const isHeardHere = neighbours?.listeners.publish(subject, payload ?? null) === true
    if (neighbours?.only === true) return
    const client = connection.client()
    if (client === undefined) {
      counters.liveDropped += 1
      return
    }
    try {
      client.nc.publish(subject, JSON.stringify(payload ?? null), isHeardHere ? { headers: this.#fromHere } : {})
    } catch (error) {
      // Closing, or larger than the server takes: live signals may be lost, callers must not fail for them.
      counters.liveDropped += 1
      log.warn({ err: error, subject }, 'live signal dropped')
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

  /** Ends what listens. */
  close(): void {
    for (const { unsubscribe } of this.#shared.values()) unsubscribe()
    this.#shared.clear()
  }

  #open(subject: string): SharedSubscription {
    const neighbours = this.#neighboursFor(checkPattern(subject))
    const handlers: SharedSubscription['handlers'] = new Set()
    const deliver = (payload: unknown, from: string) => this.#outside(() => this.#deliver(handlers, payload, from))
    const leave = neighbours?.listeners.add(subject, deliver)
    const subscription =
      neighbours?.only === true
        ? undefined
        : this.#parts.connection.subscribe(subject, undefined, (message) => this.#receive(handlers, message))
    const unsubscribe = () => {
      leave?.()
      subscription?.unsubscribe()
    }
    const shared = { handlers, unsubscribe }
    this.#shared.set(subject, shared)
    return shared
  }

  #neighboursFor(subject: string): BusNeighbours | undefined {
    return subject.startsWith(signals) ? this.#parts.neighbours : undefined
  }

  #receive(handlers: SharedSubscription['handlers'], message: Msg): void {
    const { log, neighbours } = this.#parts
    if (neighbours !== undefined && message.headers?.get(PROCESS_HEADER) === neighbours.process) return
    let payload: unknown
    try {
      payload = message.json()
    } catch (error) {
      log.warn({ err: error, subject: message.subject }, 'live signal is not JSON')
      return
    }
    this.#deliver(handlers, payload, message.subject)
  }

  #deliver(handlers: SharedSubscription['handlers'], payload: unknown, subject: string): void {
    for (const { handler } of handlers) {
      try {
        const outcome: unknown = handler(payload, subject)
        if (outcome instanceof Promise) outcome.catch((error: unknown) => this.#logFailure(error, subject))
      } catch (error) {
        this.#logFailure(error, subject)
      }
    }
  }

  #logFailure(error: unknown, subject: string): void {
    this.#parts.log.error({ err: error, subject }, 'live handler failed')
  }
}
