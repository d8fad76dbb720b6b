import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { plainName } from './errors.ts'
import { typeParsers } from './type-parsers.ts'

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` of the service's own login. */
  url: string
  /** The only schema on the `search_path`. */
  schema: string
  /** Most connections open at once. */
  poolMax: number
  /** Shown in `pg_stat_activity`. */
  applicationName: string
}

/** Server-side limit of one statement. */
const statementTimeoutMs = 5_000
/** Client-side limit, for a server that no longer answers at all. */
const queryTimeoutMs = 7_000
/** Longest wait for a connection, new or from a busy pool: a caller is told within 2 s that the database is away. */
const connectTimeoutMs = 1_500
/** A transaction that its client forgot is ended and its locks are freed. */
const idleInTransactionTimeoutMs = 10_000
const idleConnectionMs = 60_000

/**
 * A Kysely over a pool of connections bound to one schema. Connects lazily: it never fails here, and queries work again
 * by themselves once Postgres is back. `destroy()` closes the pool.
 */
export function createDatabase<DB>(options: DatabaseOptions): Kysely<DB> {
  const pool = new Pool({
    connectionString: options.url,
    options: `-c search_path=${plainName(options.schema)}`,
    application_name: options.applicationName,
    max: options.poolMax,
    types: typeParsers,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleConnectionMs
  })
  survivePostgres(pool)
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
}

/**
 * A connection that dies emits 'error': on the pool while idle, on its client while lent out and between two queries.
 * Unheard, either ends the process. There is nothing to do but to listen: the pool drops the connection, and whoever
 * was using it gets the error from their next query.
 */
export function survivePostgres(pool: Pool): void {
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
}
