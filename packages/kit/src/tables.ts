import type { ColumnType } from 'kysely'

type Written<T> = ColumnType<T, never, never>

/** The tables of `kitMigrations`, for a service's database type to extend. */
export interface KitTables {
  /** The uses of each limit by each subject in the current window. */
  rate_limits: {
    subject: string
    limit_name: string
    window_started_at: Date
    used: number
  }
  /** Stored answers for repetitions of their calls. Only kit writes here. */
  idempotency_keys: {
    user_id: Written<string>
    route: Written<string>
    /** The `Idempotency-Key`; for a pending answer, a space and the hash of the request. */
    key: Written<string>
    request_hash: Written<string>
    status: Written<number>
    content_type: Written<string | null>
    body: Written<string | null>
    /** Outbox positions of the events that must be applied before the answer is sent. */
    awaits: Written<number[]>
    expires_at: Written<Date>
  }
}
