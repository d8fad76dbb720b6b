import { createDatabase, migrate } from '@belay/db'
import { type EventEnvelope, eventsOf, type Fact } from '@belay/contracts'
import { createTestDatabase } from '@belay/testing'
import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { afterEach } from 'vitest'
import {
  createStore,
  type EventStore,
  eventMigrations,
  type EventTables,
  type Log,
  type StoreOptions
} from '../src/index.ts'

export interface Tables extends EventTables {
  effects: { event_id: string; what: string }
}

/** Fast enough for tests, with everything in its right order: a sweep takes only what is older than the grace. */
export const quick = { sweepIntervalMs: 20, graceMs: 200, markEveryMs: 5, backoffMs: 5, backoffMaxMs: 20 }

// One database for all test files of a worker; it ends with the run's Postgres.
const test = await createTestDatabase()
const schema = 'chat'
/** That database, as a superuser. */
export const databaseUrl = test.url
export const open = () => createDatabase<Tables>({ url: test.url, schema, poolMax: 8, applicationName: 'events-test' })
export const db = open()

await migrate({ url: test.url, schema, migrations: eventMigrations })
await sql`create table effects (event_id uuid, what text)`.execute(db)

/** A stream as JetStream is one: it keeps what it is given in that order, each id once, and can be away. */
export class Stream {
  facts: Fact[] = []
  stored: EventEnvelope[] = []
  attempts: Fact[] = []
  away = false
  /** Asked before each publish; what it throws or rejects with is the answer. */
  hook: (fact: Fact) => unknown = () => undefined

  readonly publish = async (fact: Fact): Promise<void> => {
    this.attempts.push(fact)
    if (this.away) throw new Error('stream away')
    await this.hook(fact)
    if (this.facts.some((known) => known.id === fact.id)) return
    this.facts.push(fact)
    this.stored.push(...eventsOf(fact))
  }

  subjects(): string[] {
    return this.stored.map((envelope) => envelope.subject)
  }
}

/** The subjects of a fact's events. */
export const subjectsOf = (fact: Fact): string[] => eventsOf(fact).map(({ subject }) => subject)

/** A log that remembers. */
export function createLog(): Log & { lines: { level: string; message: string; details: object }[] } {
  const lines: { level: string; message: string; details: object }[] = []
  const at = (level: string) => (details: object, message: string) => void lines.push({ level, message, details })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const stores: { store: EventStore<Tables>; own: Kysely<Tables> }[] = []

/** A service process: its own pool, its own relay (started by default). Stopped after the test. */
export function openStore(stream: Stream, options: Partial<StoreOptions<Tables>> & { started?: boolean } = {}) {
  const { started = true, ...overrides } = options
  const own = open()
  const store = createStore<Tables>({
    db: own,
    source: 'chat',
    clock: { now: () => new Date('2026-11-01T12:00:00.000Z') },
    newId: randomUUID,
    publish: stream.publish,
    applyTo: async () => {},
    log: createLog(),
    ...overrides,
    relay: { ...quick, ...overrides.relay }
  })
  if (started) store.relay.start()
  stores.push({ store, own })
  return store
}

/** Stops the stores and empties the tables after each test of a file; called at its top. */
export function useEventTables(): void {
  afterEach(async () => {
    for (const { store, own } of stores.splice(0)) {
      await store.relay.stop()
      await own.destroy()
    }
    await sql`truncate outbox, outbox_pending, inbox, parked_events, effects`.execute(db)
  })
}
