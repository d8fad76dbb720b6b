import {
  type EventDefinition,
  type EventEnvelope,
  type EventOf,
  eventsOf,
  type Fact,
  stream as STREAM
} from '@belay/contracts'
import type { Logger } from 'pino'
import type { BusCounters } from '../types.ts'
import type { Delivery, Settlement, Settlements } from './delivery.ts'
import type { BusTuning } from '../tuning.ts'
import { type Malformed, readFact } from './read-fact.ts'
import { FailureCounts, retryDelayMs, transientDelayMs } from './retry-policy.ts'
import type { ConsumeOptions, RawMessage } from '../types.ts'

const DEFAULT_MAX_DELIVER = 8
export const DEFAULT_BATCH_MAX = 100
/** Failing events that are counted for each message that may be on its way: forgotten, they would never be parked. */
const eventsPerBatch = 100

export interface WorkerParts {
  counters: BusCounters
  log: Logger
  tuning: BusTuning
  settlements: Settlements
  isTransient: (error: unknown) => boolean
}

type FactOf<Definition extends EventDefinition> = Fact<EventOf<Definition>['data']>

interface Pending<Definition extends EventDefinition> {
  readonly delivery: Delivery
  readonly fact: FactOf<Definition>
  /** Parked once the rest of the message is handled. */
  readonly malformed: readonly Malformed[]
}

interface Failure {
  error: unknown
  transient: boolean
}

/** Runs a handler on deliveries and decides about each: acknowledged, given back for later, or parked. */
export class BatchWorker<Definition extends EventDefinition> {
  readonly #parts: WorkerParts
  readonly #options: ConsumeOptions<Definition>
  readonly #failures: FailureCounts
  readonly #maxDeliver: number
  readonly #batchMax: number

  constructor(parts: WorkerParts, options: ConsumeOptions<Definition>) {
    this.#parts = parts
    this.#options = options
    const { maxAckPending } = parts.tuning
    this.#failures = new FailureCounts(options.event.batched ? maxAckPending * eventsPerBatch : maxAckPending)
    this.#batchMax = options.batchMax ?? DEFAULT_BATCH_MAX
    this.#maxDeliver = options.maxDeliver ?? DEFAULT_MAX_DELIVER
  }

  /** Resolves when every delivery is settled; never rejects. */
  async process(deliveries: Delivery[]): Promise<void> {
    // Read as they are handled, so that no more than one part is held: up to `batchMax` events, or one larger batch.
    let part: Pending<Definition>[] = []
    let size = 0
    for (const delivery of deliveries) {
      const { fact, malformed } = readFact(this.#options.event, delivery.message, idOf(delivery))
      if (fact === undefined) {
        await this.#finish({ delivery, malformed })
        continue
      }
      const { length } = eventsOf(fact)
      if (part.length > 0 && size + length > this.#batchMax) {
        await this.#handle(part)
        part = []
        size = 0
      }
      part.push({ delivery, fact, malformed })
      size += length
    }
    if (part.length > 0) await this.#handle(part)
  }

  async #handle(batch: Pending<Definition>[]): Promise<void> {
    const failure = await this.#try(batch.map(({ fact }) => fact))
    const [only, ...others] = batch
    if (failure === undefined) for (const pending of batch) await this.#acknowledge(pending)
    else if (failure.transient) this.#postpone(batch, failure.error)
    else if (only !== undefined && others.length === 0) await this.#handleAlone(only, failure)
    // The sound events succeed now, and only the poison event fails.
    else await this.#handleOneByOne(batch)
  }

  async #handleOneByOne(batch: Pending<Definition>[]): Promise<void> {
    for (const [index, pending] of batch.entries()) {
      const failure = await this.#try([pending.fact])
      if (failure === undefined) await this.#acknowledge(pending)
      else if (failure.transient) return this.#postpone(batch.slice(index), failure.error)
      else await this.#handleAlone(pending, failure)
    }
  }

  /** Decides about a fact that fails by itself. */
  async #handleAlone(pending: Pending<Definition>, failure: Failure): Promise<void> {
    const { delivery, fact } = pending
    if ('events' in fact) return this.#takeApart(pending, fact.events)
    const outcome = await this.#fail(fact, failure.error)
    if (outcome === 'parked') this.#settle(delivery, (message) => message.term())
    else this.#giveBack(delivery, outcome.retryMs)
  }

  /** The sound events of a batch take effect now; the delivery is settled once each other one is parked. */
  async #takeApart(pending: Pending<Definition>, events: readonly EventOf<Definition>[]): Promise<void> {
    const { delivery, fact } = pending
    try {
      if ((await this.#options.takeApart?.(fact.id)) === false) return await this.#acknowledge(pending)
    } catch (error) {
      return this.#postpone([pending], error)
    }
    let retryMs: number | undefined
    for (const event of events) {
      const failure = await this.#try([event])
      if (failure?.transient) return this.#postpone([pending], failure.error)
      const outcome = failure && (await this.#fail(event, failure.error))
      if (outcome !== undefined && outcome !== 'parked') retryMs = Math.max(retryMs ?? 0, outcome.retryMs)
    }
    if (retryMs === undefined) await this.#acknowledge(pending)
    else this.#giveBack(delivery, retryMs)
  }

  async #try(facts: FactOf<Definition>[]): Promise<Failure | undefined> {
    try {
      await this.#options.handle(facts.flatMap(eventsOf), facts)
      return undefined
    } catch (error) {
      return { error, transient: this.#parts.isTransient(error) }
    }
  }

  async #acknowledge(pending: Pending<Definition>): Promise<void> {
    const events = eventsOf(pending.fact)
    for (const { id } of events) this.#failures.forget(id)
    this.#parts.counters.handled += events.length
    await this.#finish(pending)
  }

  /** Parks what is no event, then settles the delivery. */
  async #finish({ delivery, malformed }: Omit<Pending<Definition>, 'fact'>): Promise<void> {
    for (const { parked, reason } of malformed) {
      if (!(await this.#park(parked, reason))) return this.#giveBackSoon(delivery)
    }
    this.#settle(delivery, (message) => (malformed.length === 0 ? message.ack() : message.term()))
  }

  /** An outage is no fault of the events: they come back soon and nothing is counted against them. */
  #postpone(batch: Pending<Definition>[], error: unknown): void {
    this.#parts.log.warn({ err: error, facts: batch.length }, 'events cannot be handled now, they come back later')
    for (const { delivery } of batch) this.#giveBackSoon(delivery)
  }

  /** Counts a failure: the event is parked, or its delivery comes back after a while. */
  async #fail(event: EventEnvelope, error: unknown): Promise<'parked' | { retryMs: number }> {
    const { log, tuning } = this.#parts
    const failures = this.#failures.add(event.id)
    const retryMs = retryDelayMs(failures, tuning)
    if (failures >= this.#maxDeliver) {
      const isParked = await this.#park(event, error instanceof Error ? error.message : String(error), error)
      return isParked ? 'parked' : { retryMs }
    }
    log.warn({ err: error, event_id: event.id, failures }, 'event failed, it comes back later')
    return { retryMs }
  }

  /** Returns whether it is parked: dropping what is not would lose it. */
  async #park(parked: EventEnvelope | RawMessage, reason: string, cause?: unknown): Promise<boolean> {
    const { counters, log } = this.#parts
    try {
      await this.#options.park(parked, reason)
    } catch (error) {
      log.error({ err: error, event_id: parked.id }, 'event could not be parked, it comes back later')
      return false
    }
    counters.parked += 1
    log.error({ err: cause, event_id: parked.id, reason }, 'event parked')
    this.#failures.forget(parked.id)
    return true
  }

  #giveBackSoon(delivery: Delivery): void {
    this.#giveBack(delivery, transientDelayMs(delivery.message.info.deliveryCount, this.#parts.tuning))
  }

  #giveBack(delivery: Delivery, delayMs: number): void {
    this.#parts.counters.naks += 1
    this.#settle(delivery, (message) => message.nak(delayMs))
  }

  #settle(delivery: Delivery, settlement: Settlement): void {
    this.#parts.settlements.settle(delivery, settlement)
  }
}

/** The publisher's message id. */
function idOf({ message }: Delivery): string {
  return message.headers?.get('Nats-Msg-Id') || `${STREAM}:${message.seq}`
}
