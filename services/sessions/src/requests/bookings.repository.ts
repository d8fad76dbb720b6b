import { sql, type Transaction } from 'kysely'
import type { BookingRow, SessionsDatabase } from '#src/schema.ts'

export async function insertBooking(trx: Transaction<SessionsDatabase>, row: BookingRow): Promise<void> {
  await trx.insertInto('bookings').values(row).execute()
}

/** Whose bookings: those of a gathering, or those that requests have. The caller holds their gatherings locked. */
export type BookingFilter = { gatheringId: string } | { requestIds: readonly string[] }

/** Cancels confirmed bookings; answers which. */
export async function cancelBookings(
  trx: Transaction<SessionsDatabase>,
  filter: BookingFilter,
  now: Date
): Promise<BookingRow[]> {
  if ('requestIds' in filter && filter.requestIds.length === 0) return []
  const update = trx
    .updateTable('bookings')
    .set((set) => ({
      status: 'CANCELLED',
      updated_at: set.fn<Date>('greatest', ['updated_at', set.val(now)])
    }))
    .where('status', '=', 'CONFIRMED')
  const chosen =
    'gatheringId' in filter
      ? update.where('event_id', '=', filter.gatheringId)
      : update.where(sql<boolean>`request_id = any(${[...filter.requestIds]}::uuid[])`)
  return chosen.returningAll().execute()
}

/** The bookings that requests ever got, cancelled ones too. */
export async function listBookingsOf(
  trx: Transaction<SessionsDatabase>,
  requestIds: readonly string[]
): Promise<Pick<BookingRow, 'id' | 'request_id'>[]> {
  return trx
    .selectFrom('bookings')
    .select(['id', 'request_id'])
    .where(sql<boolean>`request_id = any(${[...requestIds]}::uuid[])`)
    .execute()
}
