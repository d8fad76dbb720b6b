import { sql, type Transaction } from 'kysely'
import type { BookingRow, SessionsDatabase } from '#src/schema.ts'

export async function insertBooking(trx: Transaction<SessionsDatabase>, row: BookingRow): Promise<void> {
  await trx.insertInto('bookings').values(row).execute()
}

/** Cancels the confirmed bookings of requests whose gatherings the caller holds locked; returns the cancelled ones. */
export async function cancelBookings(
  trx: Transaction<SessionsDatabase>,
  requestIds: readonly string[],
  now: Date
): Promise<BookingRow[]> {
  if (requestIds.length === 0) return []
  return trx
    .updateTable('bookings')
    .set((set) => ({ status: 'CANCELLED', updated_at: set.fn<Date>('greatest', ['updated_at', set.val(now)]) }))
    .where('status', '=', 'CONFIRMED')
    .where(sql<boolean>`request_id = any(${[...requestIds]}::uuid[])`)
    .returningAll()
    .execute()
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
