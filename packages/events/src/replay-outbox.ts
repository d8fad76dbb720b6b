import type { EventEnvelope } from '@belay/contracts'
import type { Kysely } from 'kysely'
import { findLastPosition, listOutbox } from './outbox.repository.ts'
import { publishProbing } from './publish-in-order.ts'

const pageSize = 500

/**
 * Publishes again, in order and with the same ids, every event recorded since then that was in the stream; answers how
 * many. Pending ones are the sweeper's. Rejects when the stream refuses one; then it can simply be run again.
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
    const outcome = await publishProbing(items, publish, { suspectFirst: false })
    if (outcome.failed) throw outcome.error
    published += items.length
    after = last.position
  }
  return published
}
