import type { ListEventsQuery } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'
import { type EventPage, toEventPage, upcoming } from './event-page.ts'
import { listEventViews } from './event-views.repository.ts'
import { parseInstant } from './parse-instant.ts'

/** One page of events from a moment on, from now without one; the soonest first. Throws InvalidInput. */
export async function listEvents(
  db: Kysely<SessionsDatabase>,
  query: Static<typeof ListEventsQuery> & { viewerId: string | undefined; now: Date }
): Promise<EventPage> {
  const { viewerId, limit, cursor } = query
  const from = query.from === undefined ? query.now : parseInstant(query.from, 'from')
  const events = await listEventViews(
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
  return toEventPage(events, limit, upcoming)
}
