import type { EventEnvelope } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Log } from './log.ts'
import { claimPending, deletePending, type OutboxItem } from './outbox.repository.ts'
import { backoffMs, createPause } from './pause.ts'
import { publishInOrder, type PublishOutcome } from './publish-in-order.ts'

export interface SweeperOptions<DB> {
  db: Kysely<DB>
  publish: (envelope: EventEnvelope) => Promise<void>
  log: Log
  intervalMs: number
  graceMs: number
  batchMax: number
  backoff: { baseMs: number; maxMs: number }
  /** Called before each claim: what the lane holds and the database does not know yet. */
  beforeClaim: () => Promise<void>
  /** Nothing pending is left that is old enough; false asks for another round at once. */
  onClean: (swept: ReadonlySet<number>) => boolean
}

/** Publishes what nobody published: the events of a crashed process, of a full queue, of an outage. */
export interface Sweeper {
  start(): void
  /** Sweep now, and until the next clean round without grace: the direct lane is closed. */
  recover(): void
  stop(): Promise<void>
}

type Round = 'clean' | 'more' | 'failed'

export function createSweeper<DB>(options: SweeperOptions<DB>): Sweeper {
  const pause = createPause()
  let recovering = false
  let stopped = false
  let failures = 0
  let running: Promise<void> | undefined

  async function loop() {
    while (!stopped) {
      const round = await runRound()
      if (round === 'failed') await pause.sleep(backoffMs(failures, options.backoff))
      else if (round === 'clean') await pause.sleep(options.intervalMs)
    }
  }
  async function runRound(): Promise<Round> {
    const wasRecovering = recovering
    try {
      await options.beforeClaim()
      const { claimed, outcome } = await sweep(options, wasRecovering ? 0 : options.graceMs)
      if (outcome.failed) throw outcome.error
      if (failures > 0) options.log.info({ failures }, 'the outbox is relayed again')
      failures = 0
      if (claimed === options.batchMax) return 'more'
      if (!wasRecovering) return 'clean'
      if (!options.onClean(new Set(outcome.done.map((item) => item.position)))) return 'more'
      recovering = false
      return 'clean'
    } catch (error) {
      failures += 1
      if (failures === 1) options.log.warn({ err: error }, 'the outbox could not be relayed; trying again')
      return 'failed'
    }
  }
  return {
    start() {
      running ??= loop()
    },
    recover() {
      recovering = true
      pause.wake()
    },
    async stop() {
      stopped = true
      pause.wake()
      await running
    }
  }
}

/** One batch: claimed, published and marked while its rows are locked, so that no other sweeper takes them too. */
async function sweep<DB>(options: SweeperOptions<DB>, graceMs: number) {
  return options.db.transaction().execute(async (trx) => {
    const items = await claimPending(trx, { graceMs, limit: options.batchMax })
    const nothing: PublishOutcome<OutboxItem> = { done: [], failed: false }
    if (items.length === 0) return { claimed: 0, outcome: nothing }
    const outcome = await publishInOrder(items, options.publish, { probe: true })
    if (outcome.done.length > 0) await deletePending(trx, outcome.done.map((item) => item.position))
    return { claimed: items.length, outcome }
  })
}
