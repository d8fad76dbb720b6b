import type { Kysely } from 'kysely'
import type { Log } from './log.ts'
import { claimPending, deletePending } from './outbox.repository.ts'
import { leading, type ReferencesByType, toItems } from './outbox-row.ts'
import { createPause } from './pause.ts'
import { type Publish, publishProbing, type PublishOutcome } from './publish-in-order.ts'

export interface SweeperOptions<DB> {
  db: Kysely<DB>
  publish: Publish
  references: ReferencesByType<DB>
  log: Log
  intervalMs: number
  graceMs: number
  batchMax: number
  backoff: { baseMs: number; maxMs: number }
  /** Called before each claim: settles what the lane has published and not yet marked. */
  beforeClaim: () => Promise<void>
  /** Nothing pending is left that is old enough; false asks for another round at once. */
  onClean: (swept: ReadonlySet<number>) => boolean
}

/** Failures in a row after which the oldest event itself may be to blame. */
const suspiciousFailures = 3

/** Publishes what the direct lane did not: the events of a crashed process, of a full queue, of an outage. */
export class Sweeper<DB> {
  readonly #options: SweeperOptions<DB>
  readonly #pause = createPause()
  #recovering = false
  #stopped = false
  #failures = 0
  #running: Promise<void> | undefined

  constructor(options: SweeperOptions<DB>) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#loop()
  }

  /** Sweep now, and everything, until a round leaves nothing: the direct lane is closed. */
  recover(): void {
    this.#recovering = true
    this.#pause.wake()
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#pause.wake()
    await this.#running
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const round = await this.#round()
      if (round === 'failed') await this.#pause.sleep(backoffMs(this.#failures, this.#options.backoff))
      else if (round === 'clean') await this.#pause.sleep(this.#options.intervalMs)
    }
  }

  async #round(): Promise<'clean' | 'more' | 'failed'> {
    const recovering = this.#recovering
    try {
      await this.#options.beforeClaim()
      const { leftMore, outcome } = await this.#sweep(recovering ? 0 : this.#options.graceMs)
      if (outcome.failed) throw outcome.error
      if (this.#failures > 0) this.#options.log.info({ failures: this.#failures }, 'the outbox is relayed again')
      this.#failures = 0
      if (leftMore) return 'more'
      if (!recovering) return 'clean'
      if (!this.#options.onClean(new Set(outcome.done.map((item) => item.position)))) return 'more'
      this.#recovering = false
      return 'clean'
    } catch (error) {
      this.#failures += 1
      if (this.#failures === 1) this.#options.log.warn({ err: error }, 'the outbox could not be relayed; trying again')
      return 'failed'
    }
  }

  /** One batch: claimed, published and marked while its rows are locked, so that no other sweeper takes them too. */
  async #sweep(graceMs: number): Promise<{ leftMore: boolean; outcome: PublishOutcome }> {
    const { db, publish, references, log, batchMax } = this.#options
    return db.transaction().execute(async (trx) => {
      const claimed = await claimPending(trx, { graceMs, limit: batchMax })
      const rows = leading(claimed)
      const leftMore = claimed.length === batchMax || rows.length < claimed.length
      if (rows.length === 0) return { leftMore, outcome: { done: [], refused: [], failed: false } }
      const items = await toItems(trx, rows, references)
      const outcome = await publishProbing(items, publish, { suspectFirst: this.#failures >= suspiciousFailures })
      for (const { fact } of outcome.refused) {
        log.error({ event: fact.id, type: fact.type }, 'the stream refuses an event; it stays pending')
      }
      if (outcome.done.length > 0)
        await deletePending(
          trx,
          outcome.done.map((item) => item.position)
        )
      return { leftMore, outcome }
    })
  }
}

/** Doubles from `baseMs` with every failure in a row, up to `maxMs`. */
function backoffMs(failures: number, options: { baseMs: number; maxMs: number }): number {
  return Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures - 1, 16))
}
