import { type Kysely, sql, type Transaction } from 'kysely'
import type { RequestRow, RequestStatus, SessionsDatabase } from '#src/schema.ts'

export async function findRequest(db: Kysely<SessionsDatabase>, requestId: string): Promise<RequestRow | undefined> {
  return db.selectFrom('requests').selectAll().where('id', '=', requestId).executeTakeFirst()
}

/** False, and nothing is written, when the guest has a live request of this gathering. */
export async function insertRequest(trx: Transaction<SessionsDatabase>, row: RequestRow): Promise<boolean> {
  const inserted = await trx
    .insertInto('requests')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['event_id', 'guest_id'])
        // Spelled out, not bound: the condition has to match the index's own.
        .where(sql<boolean>`status in ('SUBMITTED', 'ACCEPTED')`)
        .doNothing()
    )
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Writes a new status of requests whose gatherings the caller holds locked. */
export async function updateRequests(
  trx: Transaction<SessionsDatabase>,
  requestIds: readonly string[],
  change: { status: RequestStatus; now: Date }
): Promise<RequestRow[]> {
  if (requestIds.length === 0) return []
  return (
    trx
      .updateTable('requests')
      .set((set) => ({
        status: change.status,
        version: set('version', '+', 1),
        updated_at: set.fn<Date>('greatest', ['updated_at', set.val(change.now)])
      }))
      // One parameter, however many there are.
      .where(sql<boolean>`id = any(${[...requestIds]}::uuid[])`)
      .returningAll()
      .execute()
  )
}

/** A guest's live requests in these gatherings, which the caller holds locked. */
export async function listLiveRequestsIn(
  trx: Transaction<SessionsDatabase>,
  guestId: string,
  gatheringIds: readonly string[]
): Promise<Pick<RequestRow, 'id' | 'event_id'>[]> {
  if (gatheringIds.length === 0) return []
  return trx
    .selectFrom('requests')
    .select(['id', 'event_id'])
    .where('guest_id', '=', guestId)
    .where('event_id', 'in', gatheringIds)
    .where(sql<boolean>`status in ('SUBMITTED', 'ACCEPTED')`)
    .execute()
}

/** The requests after an id, in the order of their ids, each with its booking. */
export async function listRequestsAfter(
  db: Kysely<SessionsDatabase>,
  { after, limit }: { after: string | null; limit: number }
): Promise<(RequestRow & { booking_id: string | null })[]> {
  return db
    .selectFrom('requests as request')
    .leftJoin('bookings as booking', 'booking.request_id', 'request.id')
    .selectAll('request')
    .select('booking.id as booking_id')
    .$if(after !== null, (query) => query.where('request.id', '>', after ?? ''))
    .orderBy('request.id')
    .limit(limit)
    .execute()
}
