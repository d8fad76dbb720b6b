import type { Kysely } from 'kysely'
import { deleteOldInbox } from './inbox.repository.ts'
import type { Log } from './log.ts'
import { deleteOldOutbox } from './outbox.repository.ts'
import { createPause } from './pause.ts'

/** As long as the stream keeps them. */
const outboxDays = 7
/** Longer than the stream keeps them: what it can still deliver is still known. */
const inboxDays = 14

/** Longest wait before the first cleanup: a process may end before a whole period has passed. */
const firstAfterMs = 60_000

/** Deletes old events and inbox entries every `everyMs`, in small transactions. After a failure the next run tries again. */
export class Cleanup<DB> {
  readonly #options: { db: Kysely<DB>; log: Log; everyMs: number; batchMax: number }
  readonly #pause = createPause()
  #stopped = false
  #running: Promise<void> | undefined

  constructor(options: { db: Kysely<DB>; log: Log; everyMs: number; batchMax: number }) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#loop()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#pause.wake()
    await this.#running
  }

  async #loop(): Promise<void> {
    await this.#pause.sleep(Math.min(firstAfterMs, this.#options.everyMs))
    while (!this.#stopped) {
      await this.#cleanUp()
      await this.#pause.sleep(this.#options.everyMs)
    }
  }

  async #cleanUp(): Promise<void> {
    const { db, log, batchMax: limit } = this.#options
    try {
      const events = await this.#untilDone(() => deleteOldOutbox(db, { olderThanDays: outboxDays, limit }))
      const entries = await this.#untilDone(() => deleteOldInbox(db, { olderThanDays: inboxDays, limit }))
      log.debug({ events, entries }, 'deleted old events and inbox entries')
    } catch (error) {
      log.warn({ err: error }, 'old events and inbox entries could not be deleted; trying again later')
    }
  }

  async #untilDone(deleteSome: () => Promise<number>): Promise<number> {
    let total = 0
    let deleted: number
    do {
      deleted = await deleteSome()
      total += deleted
    } while (deleted > 0 && !this.#stopped)
    return total
  }
}
