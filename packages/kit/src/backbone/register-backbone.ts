import type { Bus, Consumption } from '@belay/bus'
import { applyEventIn, databaseServices, type DatabaseService, type EventEnvelope } from '@belay/contracts'
import { createDatabase, type DatabaseOptions, isDatabaseUnavailable, type Migration } from '@belay/db'
import {
  createStore,
  eventMigrations,
  type EventReferences,
  type EventStore,
  type EventTables,
  type Subscriber
} from '@belay/events'
import type { FastifyInstance } from 'fastify'
import { type Kysely, type QueryExecutorProvider, sql } from 'kysely'
import { followDatabaseClock } from './follow-database-clock.ts'
import { kitMigrations } from '../migrations.ts'
import { systemClock } from '../runtime.ts'
import type { DatabaseConfig } from '../server/server-config.ts'
import type { KitTables } from '../tables.ts'
import type { Answerer } from './answerer.ts'
import { installBackboneMetrics } from './backbone-metrics.ts'
import { type BusConfig, connectAppBus } from './connect-app-bus.ts'
import { fillDamagedStream } from './fill-stream.ts'
import { startCleanup } from './cleanup.ts'
import { migrateWithRetry } from './migrate-with-retry.ts'
import { operationsAnswerers } from './operations.ts'
import { applyEventAnswerers, consumeFor } from './subscriptions.ts'

export interface Backbone<DB> {
  db: Kysely<DB>
  bus: Bus
  store: EventStore<DB>
}

/** A list, or a function that creates it from the backbone just before the app is ready. */
type Lazy<DB, Item> = readonly Item[] | ((backbone: Backbone<DB>) => readonly Item[])

export interface BackboneOptions<DB> {
  config: BusConfig & DatabaseConfig
  /** The service's schema, which is also the source of its events. */
  schema: DatabaseService
  /** Awaited on each new database connection before its first use. */
  onConnect?: DatabaseOptions['onConnect']
  /** The service's own migrations; those of events and kit are added. */
  migrations: Record<string, Migration>
  /** Batched events whose content stays in the service's own tables. */
  references?: readonly EventReferences<DB>[]
  subscribers?: Lazy<DB, Subscriber<DB>>
  questions?: Lazy<DB, Answerer>
}

/**
 * Everything a service with a database needs: migrated tables, the bus, the store with its relay and, once the app is
 * `ready`, its subscribers and questions. Adds checks to `/readyz` and metrics to `/metrics`. Closes with the app: stops
 * incoming work first, then outgoing, the database last.
 */
export async function registerBackbone<DB extends EventTables & KitTables>(
  app: FastifyInstance,
  options: BackboneOptions<DB>
): Promise<Backbone<DB>> {
  const { config, schema } = options
  const { DATABASE_URL: url, DATABASE_POOL_MAX: poolMax } = config
  const migrations = { ...eventMigrations, ...kitMigrations, ...options.migrations }
  await migrateWithRetry({ url, schema, migrations }, app.logger)
  const db = createDatabase<DB>({
    url,
    schema,
    poolMax,
    applicationName: app.serviceName,
    onConnect: options.onConnect
  })
  await followClock(app, db)
  checkDatabase(app, url, schema)
  const bus = await connectAppBus(app, config, isDatabaseUnavailable)
  const backbone = { db, bus, store: createAppStore(app, db, bus, options) }
  // Applying an event never queues behind ordinary traffic: a command in another service waits for it.
  const applyDb = createDatabase<DB>({
    url,
    schema,
    poolMax: applyPoolMax,
    applicationName: `${app.serviceName}-apply`,
    onConnect: options.onConnect
  })
  const running: Running<DB> = {
    applyDb,
    consumptions: [],
    stopFilling: () => undefined,
    stopCleanup: () => undefined
  }
  app.addHook('onReady', () => start(app, backbone, options, running))
  app.addHook('onClose', () => stop(backbone, running))
  return backbone
}

/** Does nothing if the clock was passed in (tests). */
async function followClock(app: FastifyInstance, db: QueryExecutorProvider): Promise<void> {
  if (app.runtime.clock !== systemClock) return
  const unfollow = await followDatabaseClock(systemClock, db, app.logger)
  app.addHook('onClose', async () => unfollow())
}

/** Uses its own connection: a busy pool does not mean that the database is unavailable. */
function checkDatabase(app: FastifyInstance, url: string, schema: string): void {
  const db = createDatabase({ url, schema, poolMax: 1, applicationName: `${app.serviceName}-health` })
  app.health.addCheck('database', () => sql`select 1`.execute(db))
  app.addHook('onClose', () => db.destroy())
}

function createAppStore<DB extends EventTables>(
  app: FastifyInstance,
  db: Kysely<DB>,
  bus: Bus,
  { schema: source, references = [] }: BackboneOptions<DB>
) {
  const metrics = installBackboneMetrics(app, { db, relay: () => store.relay })
  const store = createStore<DB>({
    db,
    source,
    clock: app.runtime.clock,
    newId: app.runtime.newId,
    publish: (fact, json) => bus.publishFact(fact, json),
    references,
    applyTo: (service, envelope) => applyIn(bus, source, service, envelope),
    isReachable: () => bus.status() === 'connected',
    log: app.logger,
    onDegraded: metrics.onDegraded
  })
  return store
}

/** A frozen replica does not respond: the next attempt may reach another one. */
const applyAttemptMs = 1_000

async function applyIn(bus: Bus, source: DatabaseService, service: string, envelope: EventEnvelope): Promise<void> {
  const applier = databaseServices.find((name) => name === service)
  if (applier !== undefined) await bus.ask(applyEventIn(applier, source), envelope, { timeoutMs: applyAttemptMs })
}

const applyPoolMax = 2

interface Running<DB> {
  applyDb: Kysely<DB>
  consumptions: Consumption[]
  stopFilling: () => void
  stopCleanup: () => void
}

async function start<DB extends EventTables>(
  app: FastifyInstance,
  backbone: Backbone<DB>,
  options: BackboneOptions<DB>,
  running: Running<DB>
): Promise<void> {
  const { bus, store, db } = backbone
  const { applyDb } = running
  const subscribers = listOf(options.subscribers, backbone)
  const questions = [
    ...applyEventAnswerers(options.schema, store.over(applyDb), subscribers),
    ...operationsAnswerers(options.schema, store, subscribers),
    ...listOf(options.questions, backbone)
  ]
  store.relay.start()
  running.stopFilling = fillDamagedStream(bus, store.relay, app.logger)
  running.stopCleanup = startCleanup(db, app.runtime.clock, app.logger)
  await Promise.all(questions.map((question) => question.start(bus)))
  running.consumptions = await Promise.all(subscribers.map((subscriber) => consumeFor(bus, store, subscriber)))
}

async function stop<DB>({ bus, store, db }: Backbone<DB>, running: Running<DB>): Promise<void> {
  running.stopCleanup()
  running.stopFilling()
  await Promise.all(running.consumptions.map((consumption) => consumption.stop()))
  await store.relay.stop()
  await bus.close()
  await Promise.all([db.destroy(), running.applyDb.destroy()])
}

function listOf<DB, Item>(lazy: Lazy<DB, Item> | undefined, backbone: Backbone<DB>): readonly Item[] {
  if (lazy === undefined) return []
  return typeof lazy === 'function' ? lazy(backbone) : lazy
}
