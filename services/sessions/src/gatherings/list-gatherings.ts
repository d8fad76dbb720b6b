import type { ListEventsQuery } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'
import { type GatheringPage, toGatheringPage, upcoming } from './gathering-page.ts'
import { listGatheringViews } from './gathering-views.repository.ts'
import { parseInstant } from './parse-instant.ts'

/** One page of gatherings from a moment on, from now without one; the soonest first. Throws InvalidInput. */
export async function listGatherings(
  db: Kysely<SessionsDatabase>,
  query: Static<typeof ListEventsQuery> & { viewerId: string | undefined; now: Date }
): Promise<GatheringPage> {
  const { viewerId, limit, cursor } = query
  const from = query.from === undefined ? query.now : parseInstant(query.from, 'from')
  const gatherings = await listGatheringViews(
    db,
    {
      viewerId,
      from,
      tag: query.tag || undefined,
      tagPart: query.tag_filter || undefined,
      activity: query.activity || undefined
    },
    { limit, after: upcoming.decode(cursor) }
  )
  return toGatheringPage(gatherings, limit, upcoming)
}
