import type { BusLogin } from '@belay/contracts'
import {
  freePort,
  type RunningNats,
  type RunningPostgres,
  type RunningSystem,
  type ServiceName,
  serviceNames,
  type ServiceProcess,
  startSystem,
  withLogin
} from '@belay/launcher'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, inject, test } from 'vitest'
import { aheadBy } from './clock-ahead.ts'
import { createLogBook, type LogBook } from './log-book.ts'
import { createTestDatabase, temporaryFolder } from './servers.ts'

/** The system that a test file needs. */
export interface SystemOptions {
  /** Settings of the services, such as `RATE_LIMITS: 'off'`. */
  env?: Record<string, string>
  /** How many processes of a service; defaults to one. */
  replicas?: Partial<Record<ServiceName, number>>
  /** An own Postgres as well, which the tests may kill. */
  ownServers?: boolean
  /**
   * Services with a process of their own, which tests may kill and restart; replicated services have one anyway, and with
   * `ownServers` all do. The others share one, which starts in a third of the time.
   */
  ownProcesses?: readonly ServiceName[]
  /** How far the clock of a process's host is ahead, in milliseconds; gives every service its own process. */
  clockAheadMs?: (service: ServiceName, index: number) => number
}

/** A running system that other test files may use as well: nothing in it can be stopped. */
export interface SharedSystem {
  /** Of the public door, without a slash at its end. */
  readonly url: string
  /** The administrator that the first start created. */
  readonly admin: { email: string; password: string }
  /** Lets a test call a service as the gateway does. */
  readonly gatewaySecret: string
  /** The process of a service, to reach it behind the gateway (`http://127.0.0.1:<port>`). */
  process(service: ServiceName, index?: number): Pick<ServiceProcess, 'port'>
  readonly nats: Pick<TestNats, 'url' | 'urlOf'>
  /** Runs a statement as the administrator; tables are named with their schema. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(query: string, parameters?: unknown[]): Promise<Row[]>
  /** What the processes wrote, each line with its writer's name; kept in memory and shown when a test fails. */
  readonly logs: LogBook
}

/** The whole system of one test file, with its own database and NATS. */
export interface TestSystem extends SharedSystem {
  process(service: ServiceName, index?: number): ServiceProcess
  /** Ends a process, by default with SIGKILL; it stays down. Resolves when it has ended. */
  kill(service: ServiceName, signal?: NodeJS.Signals, index?: number): Promise<void>
  /** Restarts it on the same port, stopping it first if it runs; resolves when it is ready. */
  restart(service: ServiceName, index?: number): Promise<void>
  /** With `ownServers` only; otherwise the Postgres is shared and using this throws. */
  readonly postgres: RunningPostgres
  readonly nats: TestNats
}

/** A NATS with the logins of a system. */
export interface TestNats extends RunningNats {
  /** Of a login that may do everything. */
  url: string
  /** By which a login of the system connects. */
  urlOf(login: BusLogin): string
}

interface Started {
  ownProcesses: readonly ServiceName[]
  system: RunningSystem
  nats: TestNats
  pool: pg.Pool
  stop(): Promise<void>
}

const tester = 'tests'
const admin = { email: 'admin@example.org', password: 'correct-horse-admin' }

/**
 * Starts the system before the file's tests and stops it after them; call it at the top of a file or `describe`.
 * The answer may be used inside tests and hooks only.
 */
export function useSystem(options: SystemOptions = {}): TestSystem {
  let started: Started | undefined
  const logs = createLogBook()
  beforeAll(async () => {
    started = await startLogged(options, logs)
  })
  afterAll(() => started?.stop())
  showWhenFailed(logs)
  return systemOf(() => started ?? tooEarly(), logs)
}

const sharedLogs = createLogBook()
const testOfShared = test.extend<{ $worker: { shared: Started } }>({
  shared: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const shared = await startLogged({ env: { RATE_LIMITS: 'off' } }, sharedLogs)
      await use(shared)
      await shared.stop()
    },
    { scope: 'worker' }
  ]
})

/**
 * A system without rate limits, which a worker starts once for all its test files that call this. What the other files
 * left is still in it: tests look at their own people and things, and never at all there are.
 */
export function useSharedSystem(): SharedSystem {
  let started: Started | undefined
  testOfShared.beforeAll(({ shared }) => void (started = shared))
  showWhenFailed(sharedLogs)
  return systemOf(() => started ?? tooEarly(), sharedLogs)
}

function tooEarly(): never {
  throw new Error('the system is not started: use it inside tests and hooks')
}

async function startLogged(options: SystemOptions, logs: LogBook): Promise<Started> {
  try {
    return await start(options, logs)
  } catch (error) {
    process.stderr.write(`${logs.text()}\n`)
    throw error
  }
}

function showWhenFailed(logs: LogBook): void {
  let failed = false
  beforeEach((context) => context.onTestFailed(() => void (failed = true)))
  afterAll(() => {
    if (failed) process.stderr.write(`--- what the processes wrote ---\n${logs.text()}\n`)
  })
}

/** The same outside of vitest, until it is stopped; always with servers of its own. */
export async function startOwnSystem(
  options: Pick<SystemOptions, 'env' | 'replicas'>,
  logs: LogBook
): Promise<TestSystem & { stop(): Promise<void> }> {
  const started = await start({ ...options, ownServers: true }, logs)
  return Object.assign(
    systemOf(() => started, logs),
    { stop: started.stop }
  )
}

function systemOf(current: () => Started, logs: LogBook): TestSystem {
  const find = (service: ServiceName, index = 0) => {
    const found = current().system.processes.find((process) => process.service === service && process.index === index)
    if (!found) throw new Error(`there is no ${service} number ${index}`)
    return found
  }
  const findOwn = (service: ServiceName, index?: number) => {
    if (!current().ownProcesses.includes(service))
      throw new Error(`${service} shares its process with others: call useSystem({ ownProcesses: ['${service}'] })`)
    return find(service, index)
  }
  return {
    get url() {
      return current().system.url
    },
    admin,
    get gatewaySecret() {
      return current().system.secrets.gatewaySecret
    },
    process: find,
    kill: (service, signal, index) => findOwn(service, index).kill(signal),
    restart: (service, index) => findOwn(service, index).restart(),
    get postgres() {
      const { postgres } = current().system
      if (!postgres) throw new Error('this Postgres is shared with other tests: say useSystem({ ownServers: true })')
      return postgres
    },
    get nats() {
      return current().nats
    },
    async sql<Row extends pg.QueryResultRow>(query: string, parameters: unknown[] = []) {
      return (await current().pool.query<Row>(query, parameters)).rows
    },
    logs
  }
}

async function start(options: SystemOptions, logs: LogBook): Promise<Started> {
  const running = new AsyncDisposableStack()
  try {
    return { ...(await startParts(options, logs, running)), stop: () => running.disposeAsync() }
  } catch (error) {
    await running.disposeAsync()
    throw error
  }
}

async function startParts(
  { env, clockAheadMs, ownServers = false, ownProcesses = [], replicas = {} }: SystemOptions,
  logs: LogBook,
  running: AsyncDisposableStack
): Promise<Omit<Started, 'stop'>> {
  const isAlone = (service: ServiceName) =>
    ownServers || clockAheadMs !== undefined || ownProcesses.includes(service) || service in replicas
  const folder = temporaryFolder()
  running.defer(folder.remove)
  const database = ownServers ? undefined : await createTestDatabase()
  running.defer(async () => database?.drop())
  const system = await startSystem({
    dataDir: folder.path,
    durable: false,
    ...(database && { databaseUrl: database.url, secrets: inject('testSecrets') }),
    natsUsers: [{ name: tester, password: tester }],
    publicPort: await freePort(),
    publicHost: '127.0.0.1',
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'info',
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ...env
    },
    replicas,
    inOneProcess: serviceNames.filter((service) => !isAlone(service)),
    nodeArguments: clockAheadMs && ((main, service, index) => [aheadBy(clockAheadMs(service, index)), main]),
    supervise: false,
    log: logs.log
  })
  running.defer(system.stop)
  const { nats } = system
  if (nats === undefined) throw new Error('a system of the tests has a NATS of its own')
  const pool = new pg.Pool({ connectionString: system.postgresUrl, max: 4 })
  // A killed Postgres cuts idle connections; the next statement opens a new one.
  pool.on('error', () => undefined)
  running.defer(() => pool.end())
  return {
    ownProcesses: serviceNames.filter(isAlone),
    system,
    nats: Object.assign(nats, { url: withLogin(nats.url, tester, tester), urlOf: system.natsUrl }),
    pool
  }
}
