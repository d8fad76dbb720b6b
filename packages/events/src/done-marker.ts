import type { Kysely } from 'kysely'
import { deletePending } from './outbox.repository.ts'

/** Pause after a failure, as a multiple of the usual one. */
const failurePause = 10

/**
 * Remembers what is in the stream and marks it in the database: every `everyMs`, while there is something to mark, in one
 * statement for all that was published meanwhile. Forgets nothing while the database is away.
 */
export class DoneMarker<DB> {
  readonly #db: Kysely<DB>
  readonly #everyMs: number
  #positions: number[] = []
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: { db: Kysely<DB>; everyMs: number }) {
    this.#db = options.db
    this.#everyMs = options.everyMs
  }

  add(positions: readonly number[]): void {
    this.#positions = this.#positions.concat(positions)
    this.#schedule(this.#everyMs)
  }

  /** Resolves once everything added before is marked; rejects when the database is away. */
  flush(): Promise<void> {
    const next = this.#running.then(() => this.#mark())
    this.#running = next.catch(() => {})
    return next
  }

  /** Marks what it can once more; what is left is published again, with the same id, by the next sweep. */
  async stop(): Promise<void> {
    await this.flush().catch(() => {})
    clearTimeout(this.#timer)
    this.#positions = []
  }

  #schedule(ms: number): void {
    if (this.#positions.length > 0) this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), ms)
  }

  async #mark(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#positions
    if (batch.length === 0) return
    this.#positions = []
    try {
      await deletePending(this.#db, batch)
      this.#schedule(this.#everyMs)
    } catch (error) {
      this.#positions = batch.concat(this.#positions)
      this.#schedule(this.#everyMs * failurePause)
      throw error
    }
  }
}
