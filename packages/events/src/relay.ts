import { eventsOf, type Fact } from '@belay/contracts'
import type { Kysely } from 'kysely'
import { DirectLane } from './direct-lane.ts'
import { DoneMarker } from './done-marker.ts'
import { Cleanup } from './cleanup.ts'
import type { Log } from './log.ts'
import { countPending } from './outbox.repository.ts'
import type { OutboxItem, ReferencesByType } from './outbox-row.ts'
import { refillStream } from './refill-stream.ts'
import { type ReplayedPage, replayOutbox, type ReplayPage } from './replay-outbox.ts'
import { Sweeper } from './sweeper.ts'

/** Brings every committed event of the outbox into the stream, at least once, the stream keeping one per id. */
export interface OutboxRelay {
  /** Begins to publish. Never fails: an outage of the database or the stream is waited out. */
  start(): void
  /** Publishes what this process still holds (within the time of one publish), then rests. */
  stop(): Promise<void>
  /** Committed events that are not known to be in the stream; moments old in the normal case. */
  pendingCount(): Promise<number>
  /**
   * Publishes all events again, unless another replica is at it: into a stream that has lost some. Resolves to how
   * many, or undefined when another one does it; rejects when the database or the stream is away.
   */
  refill(): Promise<number | undefined>
  /** Publishes one page of the events again, into an empty or damaged stream. Needs no `start`. */
  replay(page?: ReplayPage): Promise<ReplayedPage>
}

/** The relay and the door by which a store hands it what it has just committed. */
export interface StoreRelay extends OutboxRelay {
  handOver(items: readonly OutboxItem[]): void
}

/** Times in milliseconds. */
export interface RelaySettings {
  /** Pause between two sweeps. */
  sweepIntervalMs: number
  /** Age at which an event is taken to be left behind. */
  graceMs: number
  /** Most facts published at a time: single events, and batches of one commit. */
  batchMax: number
  /** Most events of this process waiting to be published; beyond it they are left to the sweeper. */
  queueMax: number
  /** How long published events are gathered before they are marked in the database. */
  markEveryMs: number
  /** Pause after failures in a row: doubles from the first to the second. */
  backoffMs: number
  backoffMaxMs: number
  cleanupEveryMs: number
  cleanupBatchMax: number
}

const defaults: RelaySettings = {
  sweepIntervalMs: 1_000,
  graceMs: 2_000,
  batchMax: 500,
  queueMax: 10_000,
  markEveryMs: 50,
  backoffMs: 250,
  backoffMaxMs: 5_000,
  cleanupEveryMs: 3_600_000,
  cleanupBatchMax: 5_000
}

export interface RelayOptions<DB> {
  db: Kysely<DB>
  /** `json` is the fact as it travels, if that is at hand. */
  publish: (fact: Fact, json?: string) => Promise<void>
  /** Finds again what rows of the outbox refer to. */
  references: ReferencesByType<DB>
  log: Log
  settings: Partial<RelaySettings>
}

export function createRelay<DB>({ db, references, log, ...options }: RelayOptions<DB>): StoreRelay {
  const publish = async ({ fact, json }: OutboxItem): Promise<void> => {
    // Nothing is left of a batch whose content is gone.
    if (eventsOf(fact).length > 0) await options.publish(fact, json)
  }
  const settings = { ...defaults, ...options.settings }
  const { batchMax, queueMax, graceMs } = settings
  let started = false
  const marker = new DoneMarker({ db, everyMs: settings.markEveryMs })
  const lane = new DirectLane({
    publish,
    batchMax,
    queueMax,
    onPublished: (positions) => marker.add(positions),
    onClosed(reason) {
      log.warn({ err: reason, queueMax }, 'events are left to the sweeper: the stream failed, or too many were waiting')
      sweeper.recover()
    }
  })
  const sweeper = new Sweeper({
    db,
    publish,
    references,
    log,
    batchMax,
    graceMs,
    intervalMs: settings.sweepIntervalMs,
    backoff: { baseMs: settings.backoffMs, maxMs: settings.backoffMaxMs },
    beforeClaim() {
      lane.beginSweep()
      return marker.flush()
    },
    onClean: (swept) => lane.reopen(swept)
  })
  const cleanup = new Cleanup({ db, log, everyMs: settings.cleanupEveryMs, batchMax: settings.cleanupBatchMax })
  return {
    start() {
      started = true
      sweeper.start()
      cleanup.start()
    },
    async stop() {
      await Promise.all([lane.stop(), sweeper.stop(), cleanup.stop()])
      await marker.stop()
    },
    handOver(items) {
      if (started) lane.push(items)
    },
    pendingCount: () => countPending(db),
    refill: () => refillStream({ db, publish, references }),
    replay: (page = {}) => replayOutbox({ db, publish, references }, page)
  }
}
