import type { ColumnType } from 'kysely'

type Written<T> = ColumnType<T, never, never>

/** The tables of `kitMigrations`, for a service's database type to extend. */
export interface KitTables {
  /** What each subject has used of each limit in its current window. */
  rate_limits: {
    subject: string
    limit_name: string
    window_started_at: Date
    used: number
  }
  /** Answers that a repetition of their call gets. Only kit writes here. */
  idempotency_keys: {
    user_id: Written<string>
    route: Written<string>
    /** The `Idempotency-Key`; for an answer that awaits its effect, a space and the hash of the request. */
    key: Written<string>
    request_hash: Written<string>
    status: Written<number>
    content_type: Written<string | null>
    body: Written<string | null>
    /** Outbox positions of the events that must be applied before the answer is true. */
    awaits: Written<number[]>
    expires_at: Written<Date>
  }
}
