import { type Kysely, type QueryExecutorProvider, sql } from 'kysely'

export interface ParkedEvent {
  id: number
  durable: string
  /** The envelope, or as JSON what arrived instead of one. */
  payload: unknown
  reason: string
  parkedAt: Date
}

/** Adds an event, or renews the reason of one that the durable has parked before. */
export async function insertParked<DB>(
  db: Kysely<DB>,
  row: { durable: string; eventId: string | null; payload: string; reason: string }
): Promise<void> {
  await sql`
    insert into parked_events (durable, event_id, payload, reason)
    values (${row.durable}, ${row.eventId}, ${row.payload}::json, ${printable(row.reason)})
    on conflict (durable, event_id) do update set reason = excluded.reason, parked_at = excluded.parked_at
  `.execute(db)
}

/** Parked events, oldest first: at most `limit` (1,000 by default) after an id. */
export async function listParked<DB>(
  db: Kysely<DB>,
  filter: { durable?: string; afterId?: number; limit?: number } = {}
): Promise<ParkedEvent[]> {
  const durable = filter.durable ?? null
  const { rows } = await sql<{ id: number; durable: string; payload: unknown; reason: string; parked_at: Date }>`
    select id, durable, payload, reason, parked_at from parked_events
    where id > ${filter.afterId ?? 0} and (${durable}::text is null or durable = ${durable})
    order by id limit ${filter.limit ?? 1_000}::int`.execute(db)
  return rows.map(({ parked_at, ...row }) => ({ ...row, parkedAt: parked_at }))
}

/** Returns the number of parked events. */
export async function countParked(db: QueryExecutorProvider): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from parked_events`.execute(db)
  return rows[0]?.count ?? 0
}

export async function updateParkedReason<DB>(db: Kysely<DB>, id: number, reason: string): Promise<void> {
  await sql`update parked_events set reason = ${printable(reason)} where id = ${id}`.execute(db)
}

export async function deleteParked<DB>(db: Kysely<DB>, id: number): Promise<void> {
  await sql`delete from parked_events where id = ${id}`.execute(db)
}

/** Postgres text has no NUL. */
function printable(text: string): string {
  return text.replaceAll('\0', '')
}
