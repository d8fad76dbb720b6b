import type { EventEnvelope } from '@belay/contracts'
import type { Kysely } from 'kysely'
import { deleteOldInbox } from './inbox.repository.ts'
import type { Log } from './log.ts'
import { deleteOldOutbox, findLastPosition, listOutbox } from './outbox.repository.ts'
import { createPause } from './pause.ts'
import { publishInOrder } from './publish-in-order.ts'

const pageSize = 500
/** As long as the stream keeps them. */
const outboxDays = 7
/** Longer than the stream: what it can still deliver is still known. */
const inboxDays = 14

/**
 * Publishes again, in order and with the same ids, every event that was in the stream, from a time on. Answers how
 * many. Rejects when the stream refuses one; then it can simply be run again.
 */
export async function replayOutbox<DB>(
  db: Kysely<DB>,
  publish: (envelope: EventEnvelope) => Promise<void>,
  since: Date
): Promise<number> {
  const until = await findLastPosition(db)
  let after = 0
  let published = 0
  while (after < until) {
    const page = await listOutbox(db, { after, until, since, limit: pageSize })
    const last = page.at(-1)
    if (last === undefined) break
    const items = page.flatMap((row) => (row.envelope === null ? [] : [{ envelope: row.envelope }]))
    const outcome = await publishInOrder(items, publish, { probe: true })
    if (outcome.failed) throw outcome.error
    published += items.length
    after = last.position
  }
  return published
}

/** Deletes what is past its time, in small transactions. Answers how many rows. */
export async function pruneHistory<DB>(db: Kysely<DB>, batchMax: number): Promise<number> {
  let total = 0
  for (const prune of [
    () => deleteOldOutbox(db, { olderThanDays: outboxDays, limit: batchMax }),
    () => deleteOldInbox(db, { olderThanDays: inboxDays, limit: batchMax })
  ]) {
    let deleted = batchMax
    while (deleted === batchMax) {
      deleted = await prune()
      total += deleted
    }
  }
  return total
}

/** Prunes every so often until stopped; a failure is logged and left to the next time. */
export function createJanitor<DB>(options: { db: Kysely<DB>; log: Log; everyMs: number; batchMax: number }) {
  const pause = createPause()
  let stopped = false
  let running: Promise<void> | undefined
  async function loop() {
    await pause.sleep(options.everyMs)
    while (!stopped) {
      try {
        const deleted = await pruneHistory(options.db, options.batchMax)
        if (deleted > 0) options.log.debug({ deleted }, 'old events were pruned')
      } catch (error) {
        options.log.warn({ err: error }, 'old events could not be pruned')
      }
      await pause.sleep(options.everyMs)
    }
  }
  return {
    start() {
      running ??= loop()
    },
    async stop() {
      stopped = true
      pause.wake()
      await running
    }
  }
}
