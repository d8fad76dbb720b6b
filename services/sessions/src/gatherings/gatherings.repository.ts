import { type Kysely, sql, type Transaction } from 'kysely'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'

export async function findGathering(
  db: Kysely<SessionsDatabase>,
  gatheringId: string
): Promise<GatheringRow | undefined> {
  return db.selectFrom('events').selectAll().where('id', '=', gatheringId).executeTakeFirst()
}

/**
 * Locks a gathering until the transaction ends. Every transaction that takes or frees a place, or changes a request of the
 * gathering, locks it first.
 */
export async function lockGathering(
  trx: Transaction<SessionsDatabase>,
  gatheringId: string
): Promise<GatheringRow | undefined> {
  return trx.selectFrom('events').selectAll().where('id', '=', gatheringId).forUpdate().executeTakeFirst()
}

/** Locks the gatherings that erasing this person changes: those they host later than `now`, and those where they are a guest. */
export async function lockGatheringsOf(
  trx: Transaction<SessionsDatabase>,
  personId: string,
  now: Date
): Promise<{ hosted: GatheringRow[]; joined: GatheringRow[] }> {
  const rows = await trx
    .selectFrom('events')
    .selectAll()
    .where(
      'id',
      'in',
      sql<string>`(
        select id from events where host_id = ${personId} and status = 'scheduled' and starts_at > ${now}
        union
        select event_id from requests where guest_id = ${personId} and status in ('SUBMITTED', 'ACCEPTED')
      )`
    )
    .orderBy('id')
    .forUpdate()
    .execute()
  return {
    hosted: rows.filter((row) => row.host_id === personId && row.status === 'scheduled'),
    joined: rows.filter((row) => row.host_id !== personId)
  }
}

export async function insertGathering(trx: Transaction<SessionsDatabase>, row: GatheringRow): Promise<void> {
  await trx.insertInto('events').values(row).execute()
}

/** Writes what the host changed of a gathering that the caller holds locked. */
export async function updateGathering(
  trx: Transaction<SessionsDatabase>,
  gatheringId: string,
  change: Partial<Omit<GatheringRow, 'id' | 'version' | 'booked'>> & { updated_at: Date }
): Promise<GatheringRow> {
  return trx
    .updateTable('events')
    .set((set) => ({
      ...change,
      version: set('version', '+', 1),
      updated_at: set.fn<Date>('greatest', ['updated_at', set.val(change.updated_at)])
    }))
    .where('id', '=', gatheringId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Takes (1) or frees (-1) places of gatherings that the caller holds locked. */
export async function changeBooked(
  trx: Transaction<SessionsDatabase>,
  gatheringIds: readonly string[],
  by: 1 | -1
): Promise<void> {
  if (gatheringIds.length === 0) return
  await trx
    .updateTable('events')
    .set((set) => ({ booked: set('booked', '+', by) }))
    .where('id', 'in', gatheringIds)
    .execute()
}

/** Frees every place but the host's. */
export async function clearBooked(trx: Transaction<SessionsDatabase>, gatheringId: string): Promise<void> {
  await trx.updateTable('events').set({ booked: 1 }).where('id', '=', gatheringId).execute()
}
