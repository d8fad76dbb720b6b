import { join } from 'node:path'
import pg from 'pg'
import { ChildFailed, type ChildSpec, type RunOptions } from './child.ts'
import { damaged, LaunchError } from './launch-error.ts'
import { freePort } from './ports.ts'
import { type Cluster, openCluster } from './postgres-cluster.ts'
import { type RunningServer, startSupervised } from './supervisor.ts'

/** A Postgres of our own. */
export interface RunningPostgres extends RunningServer {
  dataDir: string
  /** The superuser's URL, of the database `postgres`. */
  adminUrl: string
}

/** How to start it. */
export interface PostgresOptions extends RunOptions {
  dataDir: string
  /** On 127.0.0.1; a free one by default. */
  port?: number
  /** False trades safety on power loss for speed (tests). */
  durable?: boolean
}

const runningMode = {
  listen_addresses: '127.0.0.1',
  // All clients use TCP, with one kind of URL; a data folder's path may exceed the length limit of socket paths.
  unix_socket_directories: '',
  max_connections: '300',
  lc_messages: 'C',
  // A failed statement may contain personal data such as emails: only the error itself is logged.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '',
  // The passwords are random and 192 bits long: stretching them would only slow each connection down.
  scram_iterations: '64'
}

/** Commits stay synchronous: otherwise even a killed process would lose commits that it has acknowledged. */
const fastMode = { fsync: 'off', full_page_writes: 'off' }

/** The errors of a start while a killed predecessor or its backends still hold the cluster; worth a retry. */
const predecessorAlive = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/

/** Starts Postgres on `dataDir`, and creates a cluster there first if there is none. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, durable = true, port = await freePort() } = options
  const cluster = openCluster(dataDir, durable)
  const server = await startSupervised(postgresSpec(cluster, port, durable), options).catch((error: unknown) => {
    if (error instanceof ChildFailed) throw explained(error, join(dataDir, 'cluster'))
    throw error
  })
  return Object.assign(server, {
    dataDir,
    adminUrl: `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`
  })
}

function postgresSpec(cluster: Cluster, port: number, durable: boolean): ChildSpec {
  const settings = durable ? runningMode : { ...runningMode, ...fastMode }
  return {
    name: 'postgres',
    command: cluster.binaries.postgres,
    args: [
      '-D',
      cluster.dataArgument,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    ],
    env: { PATH: process.env.PATH, TZ: 'UTC' },
    cwd: '/',
    user: cluster.user,
    openFile: cluster.openFile,
    // Fast shutdown: open connections are cut, work that was not committed is rolled back.
    stopSignal: 'SIGINT',
    stopWithinMs: 10_000,
    readyWithinMs: 60_000,
    ready: /database system is ready to accept connections/,
    tryAgainOn: predecessorAlive
  }
}

/** Returns an error whose one line names why an existing cluster could not be opened. */
function explained(error: ChildFailed, folder: string): Error {
  const fatal = error.lines.findLast((line) => /\b(FATAL|PANIC):/.test(line)) ?? error.lines.at(-1) ?? ''
  const why = fatal.replace(/^.*?\b(FATAL|PANIC|postgres):\s*/, '')
  if (predecessorAlive.test(why)) return new LaunchError(`the data folder is in use by another Postgres (${folder})`)
  if (/shared libraries|Library not loaded/.test(why))
    return new LaunchError(`Postgres cannot run on this machine: ${why}`)
  if (/TCP\/IP sockets|Permission denied|No space left/.test(why))
    return new LaunchError(`Postgres cannot start: ${why}`)
  return damaged(folder, `Postgres says: ${why}`)
}

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** Creates the database unless it exists, as a copy of `template` if one is named; returns its URL. */
export async function createDatabase(adminUrl: string, database: string, template?: string): Promise<string> {
  await asAdmin(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    const copyOf = template === undefined ? '' : ` TEMPLATE ${client.escapeIdentifier(template)}`
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}${copyOf}`)
  })
  return databaseUrl(adminUrl, database)
}

/** Drops the database and closes the connections that still use it. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`)
  )
}

async function asAdmin(adminUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
