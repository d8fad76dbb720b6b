import { join } from 'node:path'
import { ChildFailed, type ChildSpec } from './child-spec.ts'
import { LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { freePort } from './ports.ts'
import { type Cluster, damaged, openCluster } from './postgres-cluster.ts'
import { type RunningServer, startSupervised } from './supervisor.ts'

/** A Postgres of our own. */
export interface RunningPostgres extends RunningServer {
  port: number
  /** The superuser's URL, of the database `postgres`. */
  adminUrl: string
}

/** How to start it. */
export interface PostgresOptions {
  dataDir: string
  /** On 127.0.0.1; a free one by default. */
  port?: number
  /** False trades safety on power loss for speed (tests). */
  durable?: boolean
  supervise?: boolean
  /** Gives the start up. */
  aborted?: AbortSignal | undefined
  log: Log
}

const runningMode = {
  listen_addresses: '127.0.0.1',
  // Everybody comes over TCP by one and the same kind of URL; socket paths have a length limit that a data folder may pass.
  unix_socket_directories: '',
  max_connections: '300',
  lc_messages: 'C',
  // What a failed statement was about may be somebody's email: only the error itself goes to the log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '',
  // The passwords are random and 192 bits long: stretching them would only slow each connection down.
  scram_iterations: '64'
}

/** Commits stay synchronous: without that even a killed process would lose what it has acknowledged. */
const fastMode = { fsync: 'off', full_page_writes: 'off' }

/** What a start says while backends of a killed predecessor, or it itself, still hold the cluster: worth another try. */
const predecessorAlive = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/

/** Starts Postgres on `dataDir`, making a cluster there first if there is none. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const cluster = openCluster(options.dataDir, options.durable ?? true)
  const port = options.port ?? (await freePort())
  const spec = postgresSpec(cluster, port, options)
  const server = await startSupervised(spec, options.supervise ?? false).catch((error: unknown) => {
    if (error instanceof ChildFailed) throw explained(error, join(options.dataDir, 'cluster'))
    throw error
  })
  return Object.assign(server, {
    port,
    adminUrl: `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`
  })
}

function postgresSpec(cluster: Cluster, port: number, options: PostgresOptions): ChildSpec {
  const settings = { ...runningMode, ...((options.durable ?? true) ? {} : fastMode) }
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
    ...(cluster.openFiles ? { openFiles: cluster.openFiles } : {}),
    // Fast shutdown: open connections are cut, work that was not committed is rolled back.
    stopSignal: 'SIGINT',
    stopWithinMs: 10_000,
    readyWithinMs: 60_000,
    ready: /database system is ready to accept connections/,
    tryAgainOn: predecessorAlive,
    aborted: options.aborted,
    log: options.log
  }
}

/** Says in one line why a cluster that is there could not be opened. */
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
