import { AsyncLocalStorage } from 'node:async_hooks'
import { type ControlledTransaction, type Kysely, sql, type Transaction } from 'kysely'
import { insertOutbox, listOutboxAt } from './outbox.repository.ts'
import type { NewRow, OutboxItem } from './outbox-row.ts'
import { closeRecording, openRecording, type Recording } from './recording.ts'

/** The one transaction of an atomic command, with what it recorded. */
interface Atomic<DB> {
  readonly trx: ControlledTransaction<DB>
  readonly recording: Recording
}

/**
 * One call that changes something, from its first statement to its answer. What the store does meanwhile belongs to it:
 * the events that other services have not confirmed yet are gathered, and an atomic command is a single transaction, so
 * that the caller can commit more (the answer itself) along with the change.
 */
export interface Command<DB> {
  /** The one transaction of an atomic command, until it ends. */
  atomic: Atomic<DB> | undefined
  /** Opens that transaction at the first change, for a command that first asks other services. */
  readonly openLate?: () => Promise<AtomicCommand<DB>>
  /** Outbox positions of committed events that a service in `appliedBy` has not confirmed. */
  readonly unconfirmed: number[]
}

/** An atomic command whose transaction is open. */
export type AtomicCommand<DB> = Command<DB> & { atomic: Atomic<DB> }

/** How commands are begun and ended. */
export interface Commands<DB> {
  /** A command whose transactions commit one by one. */
  open(): Command<DB>
  /** A command in one transaction, to be ended by `commit` or `rollback`. */
  openAtomic(): Promise<AtomicCommand<DB>>
  /** Runs `work`, and everything it starts, as part of the command. */
  run<T>(command: Command<DB>, work: () => T): T
  /**
   * Commits an atomic command: its changes, its events, and what `before` adds (it gets the outbox positions of the
   * events that other services must apply). Then publishes, and resolves to whether those services have applied them.
   */
  commit(command: Command<DB>, before: (trx: Transaction<DB>, positions: number[]) => Promise<void>): Promise<boolean>
  /** Undoes an atomic command. */
  rollback(command: Command<DB>): Promise<void>
  /** Asks again for events that were not confirmed; resolves to whether they are now. */
  confirm(positions: readonly number[]): Promise<boolean>
}

export interface CommandsOptions<DB> {
  db: Kysely<DB>
  newRecording: () => Recording
  rowsOf: (recording: Recording) => NewRow[]
  /** Publishes what was committed, runs the callbacks and waits for the services in `appliedBy`. */
  afterCommit: (recording: Recording, items: readonly OutboxItem[]) => Promise<boolean>
  confirm: (envelopes: Awaited<ReturnType<typeof listOutboxAt>>) => Promise<boolean>
}

/** The commands of a store, and the one that the running code is part of. */
export class CommandScope<DB> implements Commands<DB> {
  readonly #options: CommandsOptions<DB>
  readonly #running = new AsyncLocalStorage<Command<DB>>()

  constructor(options: CommandsOptions<DB>) {
    this.#options = options
  }

  current(): Command<DB> | undefined {
    return this.#running.getStore()
  }

  open(): Command<DB> {
    return { atomic: undefined, unconfirmed: [] }
  }

  async openAtomic(): Promise<AtomicCommand<DB>> {
    const trx = await this.#options.db.startTransaction().execute()
    const recording = this.#options.newRecording()
    openRecording(trx, recording)
    return { atomic: { trx, recording }, unconfirmed: [] }
  }

  /** Does the first change of a command that opens its transaction late; when it fails, the next one opens another. */
  async beginLate<T>(
    command: Command<DB>,
    open: () => Promise<AtomicCommand<DB>>,
    work: (trx: Transaction<DB>) => Promise<T>
  ): Promise<T> {
    const { atomic } = await open()
    command.atomic = atomic
    try {
      return await joinCommand(atomic, work)
    } catch (error) {
      await this.rollback(command)
      throw error
    }
  }

  run<T>(command: Command<DB>, work: () => T): T {
    return this.#running.run(command, work)
  }

  async commit(
    command: Command<DB>,
    before: (trx: Transaction<DB>, positions: number[]) => Promise<void>
  ): Promise<boolean> {
    const { atomic } = command
    if (atomic === undefined) return true
    const { trx, recording } = atomic
    closeRecording(trx)
    command.atomic = undefined
    let items: OutboxItem[] = []
    try {
      const rows = this.#options.rowsOf(recording)
      if (rows.length > 0) items = await insertOutbox(trx, rows, recording.causeId)
      await before(trx, awaitedPositions(rows, items))
      await trx.commit().execute()
    } catch (error) {
      if (!trx.isCommitted) await this.#undo(trx)
      throw error
    }
    return this.#options.afterCommit(recording, items)
  }

  async rollback(command: Command<DB>): Promise<void> {
    const { atomic } = command
    if (atomic === undefined) return
    closeRecording(atomic.trx)
    command.atomic = undefined
    await this.#undo(atomic.trx)
  }

  async confirm(positions: readonly number[]): Promise<boolean> {
    if (positions.length === 0) return true
    return this.#options.confirm(await listOutboxAt(this.#options.db, positions))
  }

  /** A connection that cannot even roll back is gone, and its transaction with it. */
  async #undo(trx: ControlledTransaction<DB>): Promise<void> {
    await trx
      .rollback()
      .execute()
      .catch(() => undefined)
  }
}

/** Runs `work` inside an atomic command; when it fails, what it did and recorded is undone and the command goes on. */
export async function joinCommand<DB, T>(
  { trx, recording }: Atomic<DB>,
  work: (trx: Transaction<DB>) => Promise<T>
): Promise<T> {
  const [events, callbacks] = [recording.events.length, recording.callbacks.length]
  await sql`savepoint work`.execute(trx)
  try {
    const result = await work(trx)
    await sql`release savepoint work`.execute(trx)
    return result
  } catch (error) {
    recording.events.length = events
    recording.callbacks.length = callbacks
    await sql`rollback to savepoint work`.execute(trx)
    throw error
  }
}

/** Positions of the events that other services must apply. */
export function awaitedPositions(rows: readonly NewRow[], items: readonly OutboxItem[]): number[] {
  return items.flatMap(({ position }, index) => (rows[index]?.isAwaited ? [position] : []))
}
