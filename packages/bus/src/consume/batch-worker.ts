import {
  type EventDefinition,
  type EventEnvelope,
  EventEnvelopeSchema,
  type EventOf,
  stream as STREAM
} from '@belay/contracts'
import type { Static } from 'typebox'
import type { Logger } from 'pino'
import type { BusCounters } from '../types.ts'
import type { Delivery, Settlement, Settlements } from './delivery.ts'
import type { BusTuning } from '../tuning.ts'
import { FailureCounts, retryDelayMs, transientDelayMs } from './retry-policy.ts'
import { conforms, describeFaults } from '../schema-check.ts'
import type { ConsumeOptions, RawMessage } from '../types.ts'

const DEFAULT_MAX_DELIVER = 8

export interface WorkerParts {
  counters: BusCounters
  log: Logger
  tuning: BusTuning
  settlements: Settlements
  isTransient: (error: unknown) => boolean
}

interface Pending<Definition extends EventDefinition> {
  readonly delivery: Delivery
  readonly event: EventOf<Definition>
}

/** Runs a handler on deliveries and decides about each: acknowledged, given back for later, or parked. */
export class BatchWorker<Definition extends EventDefinition> {
  readonly #parts: WorkerParts
  readonly #options: ConsumeOptions<Definition>
  readonly #failures: FailureCounts
  readonly #maxDeliver: number

  constructor(parts: WorkerParts, options: ConsumeOptions<Definition>) {
    this.#parts = parts
    this.#options = options
    this.#failures = new FailureCounts(parts.tuning.maxAckPending)
    this.#maxDeliver = options.maxDeliver ?? DEFAULT_MAX_DELIVER
  }

  /** Resolves when every delivery is settled; never rejects. */
  async process(deliveries: Delivery[]): Promise<void> {
    const batch: Pending<Definition>[] = []
    for (const delivery of deliveries) {
      const event = this.#read(delivery)
      if (typeof event === 'string') await this.#park(delivery, rawOf(delivery), event)
      else batch.push({ delivery, event })
    }
    if (batch.length > 0) await this.#handle(batch)
  }

  async #handle(batch: Pending<Definition>[]): Promise<void> {
    const failure = await this.#try(batch)
    const [only, ...others] = batch
    if (failure === undefined) for (const pending of batch) this.#acknowledge(pending)
    else if (failure.transient) this.#postpone(batch, failure.error)
    else if (only !== undefined && others.length === 0) await this.#fail(only, failure.error)
    // The sound events succeed now, and only the poison event fails.
    else await this.#handleOneByOne(batch)
  }

  async #handleOneByOne(batch: Pending<Definition>[]): Promise<void> {
    for (const [index, pending] of batch.entries()) {
      const failure = await this.#try([pending])
      if (failure === undefined) this.#acknowledge(pending)
      else if (failure.transient) return this.#postpone(batch.slice(index), failure.error)
      else await this.#fail(pending, failure.error)
    }
  }

  async #try(batch: Pending<Definition>[]): Promise<{ error: unknown; transient: boolean } | undefined> {
    try {
      await this.#options.handle(batch.map(({ event }) => event))
      return undefined
    } catch (error) {
      return { error, transient: this.#parts.isTransient(error) }
    }
  }

  #acknowledge({ delivery, event }: Pending<Definition>): void {
    this.#failures.forget(event.id)
    this.#parts.counters.handled += 1
    this.#settle(delivery, (message) => message.ack())
  }

  /** An outage is no fault of the events: they come back soon and nothing is counted against them. */
  #postpone(batch: Pending<Definition>[], error: unknown): void {
    const { log, tuning } = this.#parts
    log.warn({ err: error, events: batch.length }, 'events cannot be handled now, they come back later')
    for (const { delivery } of batch) {
      this.#giveBack(delivery, transientDelayMs(delivery.message.info.deliveryCount, tuning))
    }
  }

  async #fail({ delivery, event }: Pending<Definition>, error: unknown): Promise<void> {
    const { log, tuning } = this.#parts
    const failures = this.#failures.add(event.id)
    if (failures >= this.#maxDeliver) {
      return this.#park(delivery, event, error instanceof Error ? error.message : String(error), error)
    }
    log.warn({ err: error, event_id: event.id, failures }, 'event failed, it comes back later')
    this.#giveBack(delivery, retryDelayMs(failures, tuning))
  }

  async #park(delivery: Delivery, parked: EventEnvelope | RawMessage, reason: string, cause?: unknown): Promise<void> {
    const { counters, log, tuning } = this.#parts
    try {
      await this.#options.park(parked, reason)
    } catch (error) {
      // Dropping it now would lose it.
      log.error({ err: error, event_id: parked.id }, 'event could not be parked, it comes back later')
      return this.#giveBack(delivery, transientDelayMs(delivery.message.info.deliveryCount, tuning))
    }
    counters.parked += 1
    log.error({ err: cause, event_id: parked.id, reason }, 'event parked')
    this.#failures.forget(parked.id)
    this.#settle(delivery, (message) => message.term())
  }

  #giveBack(delivery: Delivery, delayMs: number): void {
    this.#parts.counters.naks += 1
    this.#settle(delivery, (message) => message.nak(delayMs))
  }

  #settle(delivery: Delivery, settlement: Settlement): void {
    this.#parts.settlements.settle(delivery, settlement)
  }

  /** The event, or in words why there is none. */
  #read({ message }: Delivery): EventOf<Definition> | string {
    let parsed: unknown
    try {
      parsed = message.json()
    } catch {
      return 'not JSON'
    }
    const { event } = this.#options
    if (!conforms(EventEnvelopeSchema, parsed)) return `envelope: ${describeFaults(EventEnvelopeSchema, parsed)}`
    if (parsed.type !== event.type) return `type is not ${event.type}`
    if (!hasData(event, parsed)) return `data: ${describeFaults(event.data, parsed.data)}`
    return parsed
  }
}

function hasData<Definition extends EventDefinition>(
  definition: Definition,
  envelope: EventEnvelope
): envelope is EventEnvelope<Static<Definition['data']>> {
  return conforms(definition.data, envelope.data)
}

function rawOf({ message }: Delivery): RawMessage {
  const id = message.headers?.get('Nats-Msg-Id') || `${STREAM}:${message.seq}`
  return { raw: new TextDecoder().decode(message.data), subject: message.subject, id }
}
