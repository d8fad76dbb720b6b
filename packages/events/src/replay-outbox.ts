import type { Kysely } from 'kysely'
import { findLastPosition, listOutbox } from './outbox.repository.ts'
import { countEvents, leading, type ReferencesByType, toItems } from './outbox-row.ts'
import { type Publish, publishProbing } from './publish-in-order.ts'

const pageSize = 500

/** Where a replay stands. */
export interface ReplayPage {
  /** Leaves out what was recorded before; nothing by default. */
  since?: Date | undefined
  /** `next` of the page before; the beginning by default. */
  after?: number | undefined
  /** The `until` of the first page; by default what has been recorded until now. */
  until?: number | undefined
}

/** What a page came to. */
export interface ReplayedPage {
  /** Number of events, those of batches counted one by one. */
  published: number
  /** Where the replay ends: what is recorded after its beginning is published anyway. */
  until: number
  /** Where the next page begins; null when this was the last. */
  next: number | null
}

/** What replays publish from, and how. */
export interface ReplaySource<DB> {
  db: Kysely<DB>
  publish: Publish
  references: ReferencesByType<DB>
}

/**
 * Publishes again, in order and with the same ids, one page of the recorded events. Pending ones too: an event that the
 * lost stream had confirmed a moment ago may still be pending, and is not published by anything else. Rejects when the stream refuses one; then the page can simply be run again.
 */
export async function replayOutbox<DB>(
  { db, publish, references }: ReplaySource<DB>,
  { since = new Date(0), after = 0, ...page }: ReplayPage
): Promise<ReplayedPage> {
  const until = page.until ?? (await findLastPosition(db))
  const rows = leading(await listOutbox(db, { after, until, since, limit: pageSize }))
  const items = await toItems(
    db,
    rows.filter((row) => row.envelope !== null || row.refs !== null),
    references
  )
  const outcome = await publishProbing(items, publish, { suspectFirst: false })
  if (outcome.failed) throw outcome.error
  const last = rows.at(-1)?.position ?? until
  return { published: countEvents(items), until, next: last < until ? last : null }
}
