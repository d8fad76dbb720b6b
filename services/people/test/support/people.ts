import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { loadConfig } from '@belay/config'
import { createDatabase } from '@belay/db'
import { type Clock, type Runtime, systemRuntime } from '@belay/kit'
import { type Api, createApi, createTestDatabase, eventually, startTestNats, startTestPostgres } from '@belay/testing'
import { CompiledQuery, type Kysely } from 'kysely'
import { afterAll, beforeAll, expect } from 'vitest'
import type { buildApp as BuildApp } from '#src/app.ts'
import type { configSchema as ConfigSchema } from '#src/config.ts'
import { StandInChat } from './chat.ts'
import { cookieOf } from './cookies.ts'
import { originOf } from './origin.ts'
import { startOtherServices } from './other-services.ts'

// The service loads its routes by itself, past the test runner: loaded any other way, there were two of every module.
const load = createRequire(import.meta.url)
const { buildApp }: { buildApp: typeof BuildApp } = load('#src/app.ts')
const { configSchema }: { configSchema: typeof ConfigSchema } = load('#src/config.ts')

type RunningNats = Awaited<ReturnType<typeof startTestNats>>
type RunningPostgres = Awaited<ReturnType<typeof startTestPostgres>>
type App = Awaited<ReturnType<typeof buildApp>>

/** The service alone, over real HTTP, with its own database and NATS and a clock that tests may put forward. */
export interface PeopleFixture {
  /** Of the first replica, without a slash at its end. */
  readonly url: string
  readonly urls: readonly string[]
  readonly apps: readonly App[]
  readonly nats: RunningNats
  readonly chat: StandInChat
  /** With `ownPostgres` only. */
  readonly postgres: RunningPostgres
  sql(query: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>
  /** Does `work` while a lock is held, until `waiters` transactions wait for it; then they all go on at once. */
  holding<T>(lock: string, parameters: unknown[], waiters: number, work: () => Promise<T>): Promise<T>
  /** Puts the service's clock forward. */
  passSeconds(seconds: number): void
  /** Starts one more replica, possibly with other settings; it ends with the tests. */
  startReplica(env?: Record<string, string>): Promise<App>
  /** What the replicas printed for the person at the keyboard. */
  readonly printed: readonly string[]
}

/** By which the service believes a test to be the gateway. */
export const gatewaySecret = 'a-gateway-of-the-tests-that-is-long-enough'
const keyEncryptionSecret = 'a-secret-of-the-tests-that-is-long-enough'

export interface PeopleFixtureOptions {
  env?: Record<string, string>
  replicas?: number
  /** A Postgres of its own, which the tests may kill. */
  ownPostgres?: boolean
}

export function usePeople(options: PeopleFixtureOptions = {}): PeopleFixture {
  const ends: (() => Promise<unknown>)[] = []
  const apps: App[] = []
  const printed: string[] = []
  let aheadMs = 0
  let parts: (Servers & { db: Kysely<unknown> }) | undefined
  const started = () => {
    if (parts === undefined) throw new Error('use the service inside tests and hooks only')
    return parts
  }
  const clock: Clock = { now: () => new Date(Date.now() + aheadMs) }
  const runtime: Runtime = { ...systemRuntime, clock }
  const startReplica = async (env: Record<string, string> = {}) => {
    const { databaseUrl, nats } = started()
    // This server needs no login, but production configuration does.
    const natsUrl = nats.url.replace('//', '//people:any@')
    const own = { DATABASE_URL: databaseUrl, NATS_URL: natsUrl, KEY_ENCRYPTION_SECRET: keyEncryptionSecret }
    const trust = { GATEWAY_SECRET: gatewaySecret }
    const quiet = { LOG_LEVEL: 'silent', NODE_ENV: 'test' }
    const config = loadConfig(configSchema, { ...quiet, ...own, ...trust, ...options.env, ...env })
    const app = await buildApp(config, runtime, (line) => printed.push(line))
    ends.push(() => app.close())
    await app.listen({ host: '127.0.0.1', port: 0 })
    apps.push(app)
    return app
  }
  beforeAll(async () => {
    const servers = await startServers(options.ownPostgres === true, ends)
    const url = servers.databaseUrl
    const db = createDatabase<unknown>({ url, schema: 'people', poolMax: 4, applicationName: 'people-tests' })
    ends.push(() => db.destroy())
    if (options.ownPostgres) await run(db, 'create schema people', [])
    parts = { ...servers, db }
    for (let replica = 0; replica < (options.replicas ?? 1); replica += 1) await startReplica()
  })
  afterAll(async () => {
    for (const end of ends.toReversed()) await end()
  })
  return {
    get url() {
      return urlOf(apps[0])
    },
    get urls() {
      return apps.map(urlOf)
    },
    apps,
    printed,
    get nats() {
      return started().nats
    },
    get chat() {
      return started().chat
    },
    get postgres() {
      const { postgres } = started()
      if (postgres === undefined) throw new Error('this Postgres belongs to other tests too')
      return postgres
    },
    sql: (query, parameters = []) => run(started().db, query, parameters),
    holding: async (lock, parameters, waiters, work) => {
      const { db } = started()
      const held = await db.transaction().execute(async (trx) => {
        await run(trx, lock, parameters)
        const done = work()
        await eventually(async () => expect(await countWaiting(db)).toBe(waiters))
        // Wrapped, so that the transaction ends before the work does.
        return { done }
      })
      return held.done
    },
    passSeconds: (seconds) => void (aheadMs += seconds * 1000),
    startReplica
  }
}

interface Servers {
  databaseUrl: string
  nats: RunningNats
  chat: StandInChat
  postgres?: RunningPostgres
}

async function startServers(ownPostgres: boolean, ends: (() => Promise<unknown>)[]): Promise<Servers> {
  const nats = await startTestNats()
  ends.push(() => nats.stop())
  ends.push(await startOtherServices(nats))
  const chat = new StandInChat(nats.url)
  await chat.start()
  ends.push(() => chat.stop())
  if (ownPostgres) {
    const postgres = await startTestPostgres()
    ends.push(() => postgres.stop())
    return { databaseUrl: postgres.adminUrl, nats, chat, postgres }
  }
  const database = await createTestDatabase()
  ends.push(() => database.drop())
  return { databaseUrl: database.url, nats, chat }
}

async function run(db: Kysely<unknown>, query: string, parameters: unknown[]) {
  const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(query, parameters))
  return rows
}

async function countWaiting(db: Kysely<unknown>): Promise<unknown> {
  const waiting = `from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
  const [row] = await run(db, `select count(*)::int as n ${waiting}`, [])
  return row?.n
}

function urlOf(app: App | undefined): string {
  if (app === undefined) throw new Error('no replica was started')
  return originOf(app.server)
}

/** A person with an account. */
export interface Person {
  id: string
  email: string
  password: string
  token: string
  /** The refresh cookie of the registration, as it is sent back. */
  cookie: string
  api: Api
}

export async function register(people: { url: string }, details: Record<string, unknown> = {}): Promise<Person> {
  const unique = randomBytes(6).toString('hex')
  const password = `correct-horse-${unique}`
  const body = { email: `person-${unique}@example.org`, password, display_name: `Person ${unique}`, ...details }
  const answer = await createApi(people.url).post('/auth/register', body)
  if (answer.status !== 201) throw new Error(`registering answered ${answer.status} ${JSON.stringify(answer.body)}`)
  const { user_id: id, access_token: token } = answer.body
  return { ...body, id, token, cookie: cookieOf(answer), api: createApi(people.url, token) }
}
