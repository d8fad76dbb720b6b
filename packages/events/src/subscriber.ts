import type { EventDefinition, EventOf } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

/** What every handler gets besides its events. */
export interface HandlerContext<DB> {
  /** The transaction that also marks the events as applied. */
  trx: Transaction<DB>
  store: Store<DB>
  log: Log
  /** Runs after the commit; for signals that may be lost. */
  afterCommit: (callback: () => unknown) => void
}

/** Applies one event in one transaction. */
export interface SingleSubscriber<DB, Definition extends EventDefinition = EventDefinition> {
  /** Name of the durable consumer, unique in the system: `<service>-<noun>-<past-tense>`. */
  readonly durable: string
  readonly event: Definition
  /** The effect; takes place once per event, however often it is delivered. May throw: then nothing has happened. */
  handle(input: HandlerContext<DB> & { event: EventOf<Definition> }): Promise<void>
}

/** Applies many events in one transaction. */
export interface BatchSubscriber<DB, Definition extends EventDefinition = EventDefinition> {
  readonly durable: string
  readonly event: Definition
  /** Most events in one transaction, or one batch that is larger. */
  readonly batchMax: number
  /** The shortest time between two small transactions; an event after a pause does not wait. 0 by default. */
  readonly gatherMs?: number
  /** As `handle`, for at least one event, in the order of the stream. */
  handleBatch(input: HandlerContext<DB> & { events: EventOf<Definition>[] }): Promise<void>
}

export type Subscriber<DB> = SingleSubscriber<DB> | BatchSubscriber<DB>

/** Declares a subscriber: `defineSubscriber<Db>()({ durable, event, handle })`. The types of `event` follow. */
export function defineSubscriber<DB>() {
  return <Definition extends EventDefinition>(
    subscriber: SingleSubscriber<DB, Definition>
  ): SingleSubscriber<DB, Definition> => subscriber
}

/** Declares a subscriber that takes many events at a time, for events that come by the thousand. */
export function defineBatchSubscriber<DB>() {
  return <Definition extends EventDefinition>(
    subscriber: BatchSubscriber<DB, Definition>
  ): BatchSubscriber<DB, Definition> => subscriber
}
