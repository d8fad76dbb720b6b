import { type RawBuilder, sql } from 'kysely'

/** The request that a person sees a gathering through: the host's is the first one accepted, a guest's their latest. */
export function ownRequestId(gatheringColumn: string, userId: string): RawBuilder<string | null> {
  const gatheringId = sql.ref(gatheringColumn)
  return sql`coalesce(
    (select id from requests where event_id = ${gatheringId} and host_id = ${userId} and status = 'ACCEPTED'
     order by booking_id limit 1),
    (select id from requests where event_id = ${gatheringId} and guest_id = ${userId} order by id desc limit 1))`
}
