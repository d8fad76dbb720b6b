import {
  eventCatalogue,
  type EventDefinition,
  type EventEnvelope,
  type DatabaseService,
  type Fact
} from '@belay/contracts'
import type { Kysely, Transaction } from 'kysely'
import { awaitedPositions, type Commands, CommandScope, joinCommand } from './commands.ts'
import { type AwaitedEvent, type ConfirmOptions, confirmApplied } from './confirm.ts'
import type { Clock, Log } from './log.ts'
import { commitWithOutbox, listOutboxCausedBy } from './outbox.repository.ts'
import { type EventReferences, type NewRow, type OutboxItem, rowsOf as toRows } from './outbox-row.ts'
import { closeRecording, openRecording, type Recording } from './recording.ts'
import { createRelay, type OutboxRelay, type RelaySettings, type StoreRelay } from './relay.ts'
import type { EventTables } from './migrations.ts'

/** What functions that change something take as their first parameter. */
export interface Store<DB> {
  /** For reads, and for changes that announce nothing. Inside an atomic command this is the command's transaction. */
  readonly db: Kysely<DB>
  /**
   * Runs `work` in one transaction, in which events can be recorded. Resolves after the commit, when the recorded events
   * are with the relay and the services in `appliedBy` have applied them, or the wait for them is over: then the command
   * that this is part of is not effective yet, and its caller learns so. Rejects with what `work` or the commit threw;
   * then nothing is published (a commit whose answer was lost on the way may have happened: then the relay finds its
   * events by itself).
   */
  transaction<T>(work: (trx: Transaction<DB>) => Promise<T>, options?: TransactionOptions): Promise<T>
}

export interface TransactionOptions {
  /** The event that this transaction applies: recorded as the cause of what it records, and nothing is waited for. */
  causeId?: string
  /** For work that serves many callers at once: it is no part of the command that happens to run it. */
  isShared?: boolean
}

export interface EventStore<DB> extends Store<DB> {
  readonly log: Log
  readonly relay: OutboxRelay
  readonly commands: Commands<DB>
  /** Publishes what a statement with `outboxInsertion` has committed. Nothing waits for it. */
  handOver(items: readonly OutboxItem[]): void
  /**
   * Asks the services that must apply what `eventId` caused here to do so; resolves to whether they have. For an event
   * that was applied before, when no command waited for what followed from it.
   */
  confirmCausedBy(eventId: string): Promise<boolean>
  /** The same store over other connections, so that some work need not queue behind the rest. */
  over(db: Kysely<DB>): EventStore<DB>
}

export interface StoreOptions<DB> extends Partial<Pick<ConfirmOptions, 'isReachable' | 'onDegraded'>> {
  db: Kysely<DB>
  /** The service whose events are recorded here. */
  source: DatabaseService
  clock: Clock
  /** A new UUID for each event. */
  newId: () => string
  /**
   * Puts a fact into the stream; resolves once it is stored there. The same id may come again. `json` is the fact as it
   * travels, if that is at hand.
   */
  publish: (fact: Fact, json?: string) => Promise<void>
  /** Makes another service apply an event now. */
  applyTo: (service: string, envelope: EventEnvelope) => Promise<void>
  log: Log
  /** Longest wait for the services in `appliedBy`, 5,000 ms by default. */
  applyWaitMs?: number
  /** Longest wait for the services in `informs`, 1,500 ms by default. */
  informWaitMs?: number
  relay?: Partial<RelaySettings>
  /** Batched events whose content the outbox does not hold. */
  references?: readonly EventReferences<DB>[]
  /** The definitions of the events that may be in the outbox; all of Belay's by default. */
  catalogue?: readonly EventDefinition[]
}

/** Creates a service's store; its relay publishes from `relay.start()` on. */
export function createStore<DB extends EventTables>(options: StoreOptions<DB>): EventStore<DB> {
  const { db, publish, log } = options
  const references = new Map((options.references ?? []).map((reference) => [reference.event.type, reference]))
  const relay = createRelay({ db, publish, log, references, settings: options.relay ?? {} })
  const definitions = new Map((options.catalogue ?? eventCatalogue).map((definition) => [definition.type, definition]))
  const waits: ConfirmOptions = {
    applyTo: options.applyTo,
    isReachable: options.isReachable ?? (() => true),
    waitMs: options.applyWaitMs ?? 5_000,
    informWaitMs: options.informWaitMs ?? 1_500,
    onDegraded(service, error) {
      log.debug({ service, err: error }, 'a service has not applied an event in time')
      options.onDegraded?.(service, error)
    }
  }
  return assemble(db, {
    ...options,
    relay,
    waits,
    definitions,
    rowsOf: ({ events }) => toRows(events, options.newId, references)
  })
}

interface Parts extends Pick<StoreOptions<never>, 'source' | 'clock' | 'newId' | 'log'> {
  relay: StoreRelay
  waits: ConfirmOptions
  definitions: ReadonlyMap<string, EventDefinition>
  rowsOf: (recording: Recording) => NewRow[]
}

function assemble<DB>(db: Kysely<DB>, parts: Parts): EventStore<DB> {
  const { log, relay, waits, rowsOf } = parts
  const newRecording = (causeId: string | null = null): Recording => {
    const { source, clock, newId } = parts
    return { source, clock, newId, causeId, events: [], callbacks: [] }
  }
  const confirm = (envelopes: readonly EventEnvelope[]) => confirmApplied(awaited(envelopes, parts.definitions), waits)
  const afterCommit = async (recording: Recording, items: readonly OutboxItem[]): Promise<boolean> => {
    relay.handOver(items)
    const isApplying = recording.causeId !== null
    const waiting = isApplying ? true : confirmApplied(recording.events, waits)
    const [, confirmed] = await Promise.all([runCallbacks(recording, log), waiting])
    return confirmed
  }
  const commands = new CommandScope<DB>({ db, newRecording, rowsOf, afterCommit, confirm })

  async function transaction<T>(
    work: (trx: Transaction<DB>) => Promise<T>,
    { causeId, isShared = false }: TransactionOptions = {}
  ): Promise<T> {
    const command = isShared ? undefined : commands.current()
    if (command?.atomic !== undefined) return joinCommand(command.atomic, work)
    if (command?.openLate !== undefined) return commands.beginLate(command, command.openLate, work)
    const recording = newRecording(causeId)
    const { result, rows, items } = await db.transaction().execute((trx) => record(trx, recording, work, rowsOf))
    if (!(await afterCommit(recording, items))) command?.unconfirmed.push(...awaitedPositions(rows, items))
    return result
  }
  return {
    get db() {
      return commands.current()?.atomic?.trx ?? db
    },
    log,
    relay,
    commands,
    handOver: (items) => relay.handOver(items),
    transaction,
    confirmCausedBy: async (eventId) => confirm(await listOutboxCausedBy(db, eventId)),
    over: (other) => assemble(other, parts)
  }
}

/** Those of some events that other services must apply. */
function awaited(
  envelopes: readonly EventEnvelope[],
  definitions: ReadonlyMap<string, EventDefinition>
): AwaitedEvent[] {
  return envelopes.flatMap((envelope) => {
    const { appliedBy = [] } = definitions.get(envelope.type) ?? {}
    return appliedBy.length > 0 ? [{ envelope, appliedBy, informs: [], batched: false }] : []
  })
}

/** Does the work and commits it along with its events. */
async function record<DB, T>(
  trx: Transaction<DB>,
  recording: Recording,
  work: (trx: Transaction<DB>) => Promise<T>,
  rowsOf: (recording: Recording) => NewRow[]
) {
  openRecording(trx, recording)
  try {
    const result = await work(trx)
    const rows = rowsOf(recording)
    // A transaction without events is committed by its caller.
    const items = rows.length > 0 ? await commitWithOutbox(trx, rows, recording.causeId) : []
    return { result, rows, items }
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
