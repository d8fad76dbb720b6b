import { Kysely, PostgresDialect, type RawBuilder } from 'kysely'
import { plainName } from './errors.ts'
import type { QueryResultRow } from 'pg'
import { createPool } from './pool.ts'
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
  /** Awaited on each new connection before its first use; a connection for which it rejects is not used. */
  onConnect?: ((run: RunOnConnection) => Promise<void>) | undefined
}

/** Runs a statement on a connection that is being opened; resolves to its rows. */
export type RunOnConnection = <Row>(statement: RawBuilder<Row>) => Promise<Row[]>

/** Server-side limit of one statement. */
const statementTimeoutMs = 5_000
/** Client-side limit, for a server that no longer answers at all. */
const queryTimeoutMs = 6_000
/** Longest wait for a connection, new or from a busy pool: a caller learns within 2 s that the database is away. */
const connectTimeoutMs = 1_500
/** A transaction that its client forgot is ended and its locks are freed. */
const idleInTransactionTimeoutMs = 10_000
const idleConnectionMs = 60_000

/**
 * A Kysely over a pool of connections bound to one schema. Connects lazily: it never fails here, and queries work again
 * by themselves once Postgres is back. `destroy()` closes the pool. See README.md for statements marked as prepared.
 */
export function createDatabase<DB>(options: DatabaseOptions): Kysely<DB> {
  const { onConnect } = options
  const pool = createPool({
    connectionString: options.url,
    options: `-c search_path=${plainName(options.schema)}`,
    application_name: options.applicationName,
    max: options.poolMax,
    pipeline: true,
    types: typeParsers,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleConnectionMs,
    ...(onConnect && {
      onConnect: (client) =>
        onConnect(async <Row>(statement: RawBuilder<Row>) => {
          const { sql, parameters } = statement.compile(db)
          return (await client.query<Row & QueryResultRow>(sql, [...parameters])).rows
        })
    })
  })
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
  return db
}
