import { type Kysely, sql, type Transaction } from 'kysely'
import type { RequestStatus, SessionsDatabase } from '#src/schema.ts'

/** So that the ids fit into one event. */
const guestsMax = 10_000

/** The status of a guest's live request; undefined without one. Live requests are neither declined nor withdrawn. */
export async function findLiveStatus(
  db: Kysely<SessionsDatabase>,
  gatheringId: string,
  guestId: string
): Promise<RequestStatus | undefined> {
  const request = await db
    .selectFrom('requests')
    .select('status')
    .where('event_id', '=', gatheringId)
    .where('guest_id', '=', guestId)
    .where(sql<boolean>`status in ('SUBMITTED', 'ACCEPTED')`)
    .executeTakeFirst()
  return request?.status
}

/** Ids of the people with a live request in a gathering that the caller holds locked, accepted ones first; at most 10,000. */
export async function listGuestIds(trx: Transaction<SessionsDatabase>, gatheringId: string): Promise<string[]> {
  const requests = await trx
    .selectFrom('requests')
    .select('guest_id')
    .where('event_id', '=', gatheringId)
    .where(sql<boolean>`status in ('SUBMITTED', 'ACCEPTED')`)
    .orderBy('status')
    .orderBy('id')
    .limit(guestsMax)
    .execute()
  return requests.map((request) => request.guest_id)
}

/** Declines the submitted requests of a gathering that the caller holds locked, and cancels its bookings. */
export async function dismissGuests(trx: Transaction<SessionsDatabase>, gatheringId: string, now: Date): Promise<void> {
  await trx
    .updateTable('requests')
    .set((set) => ({
      status: 'DECLINED',
      version: set('version', '+', 1),
      updated_at: set.fn<Date>('greatest', ['updated_at', set.val(now)])
    }))
    .where('event_id', '=', gatheringId)
    .where('status', '=', 'SUBMITTED')
    .execute()
  await trx
    .updateTable('bookings')
    .set((set) => ({ status: 'CANCELLED', updated_at: set.fn<Date>('greatest', ['updated_at', set.val(now)]) }))
    .where('event_id', '=', gatheringId)
    .where('status', '=', 'CONFIRMED')
    .execute()
}
