import type { ColumnType, Generated } from 'kysely'

type Written<T> = ColumnType<T, never, never>

/**
 * The tables of `eventMigrations`, for a service's database type to extend. Only this package writes to them; services
 * may read.
 */
export interface EventTables {
  /** Every event this service recorded, append-only, kept for 7 days. */
  outbox: {
    /** Order of recording. Positions commit out of order: never read the table by `position > last seen`. */
    position: Written<number>
    id: Written<string>
    envelope: Written<unknown>
    created_at: Written<Date>
    /** The event whose application recorded this one. */
    cause_id: Written<string | null>
  }
  /** Positions of the outbox that are not in the stream yet. */
  outbox_pending: { position: Written<number> }
  /** What each durable has already applied. */
  inbox: { durable: Written<string>; event_id: Written<string>; applied_at: Written<Date> }
  /** Events that a durable gave up on. */
  parked_events: {
    id: Generated<number>
    durable: Written<string>
    event_id: Written<string | null>
    /** The envelope, or as JSON text whatever arrived instead of one. */
    payload: Written<unknown>
    reason: Written<string>
    parked_at: Written<Date>
  }
}
