import type { Kysely } from 'kysely'
import { EventNotFound } from '#src/errors.ts'
import { isBlockedEitherWay } from '#src/people/blocks.repository.ts'
import { findLiveStatus } from '#src/requests/requests.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { type EventView, findEventView } from './event-views.repository.ts'

/**
 * One event, past and cancelled ones too. Throws EventNotFound, also across a block with the host, unless the two share
 * the group already.
 */
export async function getEvent(
  db: Kysely<SessionsDatabase>,
  eventId: string,
  viewerId: string | undefined
): Promise<EventView> {
  const event = await findEventView(db, eventId)
  if (!event) throw new EventNotFound()
  if (viewerId === undefined || viewerId === event.host_id) return event
  if (!(await isBlockedEitherWay(db, viewerId, event.host_id))) return event
  if ((await findLiveStatus(db, eventId, viewerId)) !== 'ACCEPTED') throw new EventNotFound()
  return event
}
