import type { EventEnvelope, EventSource } from '@belay/contracts'
import type { Kysely, Transaction } from 'kysely'
import { awaitApplied } from './apply-wait.ts'
import type { Clock, Log } from './log.ts'
import { commitWithOutbox } from './outbox.repository.ts'
import { closeRecording, openRecording, type Recording } from './recording.ts'
import { createRelay, type OutboxRelay, type RelaySettings } from './relay.ts'
import type { EventTables } from './tables.ts'

/** What functions that change something take as their first parameter. */
export interface Store<DB> {
  /** For reads, and for changes that announce nothing. */
  readonly db: Kysely<DB>
  /**
   * Runs `work` in one transaction, in which events can be recorded. Resolves after the commit, when the recorded
   * events are with the relay and every service that they name in `appliedBy` has applied them, or 1.5 s have passed.
   * Rejects with what `work` or the commit threw; then nothing is published (a commit whose answer was lost on the way
   * may have happened: then the relay finds its events by itself).
   */
  transaction<T>(work: (trx: Transaction<DB>) => Promise<T>): Promise<T>
}

export interface EventStore<DB> extends Store<DB> {
  readonly log: Log
  readonly relay: OutboxRelay
}

export interface StoreOptions<DB> {
  db: Kysely<DB>
  /** The service whose events are recorded here. */
  source: EventSource
  clock: Clock
  /** A new UUID for each event. */
  newId: () => string
  /** Puts an event into the stream; resolves once it is stored there. The same id may come again. */
  publish: (envelope: EventEnvelope) => Promise<void>
  /** Makes another service apply an event now. */
  applyTo: (service: string, envelope: EventEnvelope) => Promise<void>
  log: Log
  /** Counts the answers that did not wait for a service (reading one's own writes is late there). */
  onDegraded?: (service: string, error: unknown) => void
  /** Longest wait for `applyTo` after a commit, 1,500 ms by default. */
  applyWaitMs?: number
  relay?: Partial<RelaySettings>
}

/** Creates a service's store; its relay publishes from `relay.start()` on. */
export function createStore<DB extends EventTables>(options: StoreOptions<DB>): EventStore<DB> {
  const { db, log } = options
  const relay = createRelay({ db, publish: options.publish, log, settings: options.relay ?? {} })
  const apply = {
    applyTo: options.applyTo,
    waitMs: options.applyWaitMs ?? 1_500,
    onDegraded(service: string, error: unknown) {
      log.debug({ service, err: error }, 'answered before a service had applied an event')
      options.onDegraded?.(service, error)
    }
  }
  async function transaction<T>(work: (trx: Transaction<DB>) => Promise<T>): Promise<T> {
    const recording: Recording = {
      source: options.source,
      clock: options.clock,
      newId: options.newId,
      events: [],
      callbacks: []
    }
    const { result, items } = await db.transaction().execute((trx) => record(trx, recording, work))
    relay.handOver(items)
    await Promise.all([runCallbacks(recording, log), awaitApplied(recording.events, apply)])
    return result
  }
  return { db, log, transaction, relay }
}

/** Does the work and commits it along with its events. */
async function record<DB, T>(trx: Transaction<DB>, recording: Recording, work: (trx: Transaction<DB>) => Promise<T>) {
  openRecording(trx, recording)
  try {
    const result = await work(trx)
    const envelopes = recording.events.map(({ envelope }) => envelope)
    // A transaction without events is committed by whoever began it.
    const items = envelopes.length > 0 ? await commitWithOutbox(trx, envelopes) : []
    return { result, items }
  } finally {
    closeRecording(trx)
  }
}

async function runCallbacks(recording: Recording, log: Log): Promise<void> {
  for (const callback of recording.callbacks) {
    try {
      await callback()
    } catch (error) {
      log.error({ err: error }, 'a callback after the commit failed')
    }
  }
}
