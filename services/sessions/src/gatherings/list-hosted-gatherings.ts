import type { ListMyEventsQuery } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'
import { type EventPage, hosted, toEventPage } from './event-page.ts'
import { listEventViewsOf } from './event-views.repository.ts'

/** One page of what somebody hosts, the latest start first. Throws InvalidInput. */
export async function listHostedEvents(
  db: Kysely<SessionsDatabase>,
  hostId: string,
  { limit, cursor }: Static<typeof ListMyEventsQuery>
): Promise<EventPage> {
  return toEventPage(await listEventViewsOf(db, hostId, { limit, after: hosted.decode(cursor) }), limit, hosted)
}
