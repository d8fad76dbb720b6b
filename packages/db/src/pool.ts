import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import { Pool, type PoolClient, type PoolConfig, type QueryResult, type QueryResultRow } from 'pg'
import { CursorsNotSupported } from './errors.ts'
import { preparedName } from './prepared.ts'
import { TransactionState } from './transaction-state.ts'

/** A pg Pool behind the interface that Kysely asks for, hardened against servers that die, freeze or change. */
export function createPool(config: PoolConfig): PostgresPool {
  const pool = new Pool(config)
  ignoreConnectionErrors(pool)
  const clients = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect()
      const known = clients.get(client) ?? guard(client)
      clients.set(client, known)
      return known
    },
    end: () => pool.end()
  }
}

/**
 * A connection that dies emits 'error': on the pool while idle, on its client while lent out and between two queries.
 * Without a listener either ends the process. Nothing else is needed: the pool drops the connection, and its user
 * gets the error from the next query.
 */
function ignoreConnectionErrors(pool: Pool): void {
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
}

/**
 * The client as Kysely uses it. A connection whose query ran into the client-side limit still waits for that answer, and
 * one that holds an outdated prepared statement will refuse it again: both refuse further queries and leave the pool.
 */
function guard(client: PoolClient): PostgresPoolClient {
  let spoiled: Error | undefined
  const transaction = new TransactionState()
  let ahead: Promise<unknown> | undefined
  async function send<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const name = preparedName(text)
    const statement = { text, values: [...values], ...(name !== undefined && { name }) }
    try {
      return answerOf(await client.query<R & QueryResultRow>(statement))
    } catch (error) {
      if (error instanceof Error && spoils(error)) spoiled = error
      throw error
    }
  }
  async function run<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (spoiled !== undefined) throw spoiled
    const sending = transaction.next(text)
    if (sending === 'not at all') {
      ahead = undefined
      return notSent(text)
    }
    const begun = sending === 'as it is' ? undefined : send('begin', [])
    if (sending === 'after BEGIN') ahead = begun
    // Statements that arrive while BEGIN is awaited wait for it as well: they keep their order.
    if (ahead !== undefined) await ahead
    const [answer] = await Promise.all([send<R>(text, values), begun])
    return answer
  }
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  function query<R>(
    what: string | PostgresCursor<R>,
    values: readonly unknown[] = []
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof what === 'string') return run<R>(what, values)
    throw new CursorsNotSupported()
  }
  return { query, release: (destroy) => client.release(destroy === true || spoiled !== undefined) }
}

const timedOut = 'Query read timeout'
const outdated = 'cached plan must not change result type'

function spoils(error: Error): boolean {
  return error.message === timedOut || error.message === outdated
}

/** The result that Kysely gets for a BEGIN, COMMIT or ROLLBACK that was not sent. */
function notSent<R>(text: string): PostgresQueryResult<R> {
  return { command: text === 'rollback' ? 'ROLLBACK' : 'COMMIT', rowCount: 0, rows: [] }
}

/** Kysely tells these apart, and takes every other command for a query with rows. */
const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COMMIT', 'ROLLBACK'] as const

function answerOf<R>(result: QueryResult<R & QueryResultRow>): PostgresQueryResult<R> {
  const command = commands.find((one) => one === result.command) ?? 'SELECT'
  return { command, rowCount: result.rowCount ?? 0, rows: result.rows }
}
