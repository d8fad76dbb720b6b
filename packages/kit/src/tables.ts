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
  /** Calls with an `Idempotency-Key`: claimed while they run, then with their answer. Only kit writes here. */
  idempotency_keys: {
    user_id: Written<string>
    route: Written<string>
    key: Written<string>
    request_hash: Written<string>
    claim_id: Written<string>
    claimed_at: Written<Date>
    expires_at: Written<Date>
    /** Null while the first call runs. */
    status: Written<number | null>
    content_type: Written<string | null>
    body: Written<string | null>
  }
}
