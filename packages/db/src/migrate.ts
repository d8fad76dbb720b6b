import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Migration as KyselyMigration } from 'kysely/migration'
import { MigrationFailed, plainName } from './errors.ts'
import { createPool } from './pool.ts'

/** One step of a schema. What was merged is never changed. */
export interface Migration extends Pick<KyselyMigration, 'up'> {
  /**
   * `false` for what PostgreSQL refuses to run in a transaction, such as `create index concurrently`. A failure may leave
   * a part of it behind, so it must be safe to run again. Defaults to true.
   */
  transaction?: boolean
}

export interface MigrateOptions {
  /** URL of the login that owns the schema. */
  url: string
  schema: string
  /** By name; names start with a timestamp and run in their order. */
  migrations: Record<string, Migration>
}

interface MigrationTables {
  /** Named as Kysely's own migrator names it, which wrote it before. */
  kysely_migration: { name: string; timestamp: string }
}

/** Pause between attempts to get the lock. */
const lockPauseMs = 50

/**
 * Brings a schema up to date and returns the names of the migrations it ran, in order. Forward only, each migration in a
 * transaction of its own together with the note that it ran: after a failure or a kill the next run resumes at that
 * migration. One caller runs them at a time, under a lock that its connection holds; the others wait and find nothing to
 * do. Names in the database that this build does not know are left alone, since an older build may start beside a newer
 * one. Throws MigrationFailed.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const schema = plainName(options.schema)
  const pool = createPool({
    connectionString: options.url,
    options: `-c search_path=${schema}`,
    application_name: `${schema}-migrate`,
    max: 1,
    connectionTimeoutMillis: 5_000
  })
  const db = new Kysely<MigrationTables>({ dialect: new PostgresDialect({ pool }) })
  try {
    return await db.connection().execute((connection) => runPending(connection, schema, options.migrations))
  } finally {
    await db.destroy()
  }
}

async function runPending(db: Kysely<MigrationTables>, schema: string, known: Record<string, Migration>) {
  let current: string | undefined
  try {
    await lock(db, schema)
    const applied = await listApplied(db)
    const pending = Object.entries(known)
      .filter(([name]) => !applied.has(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    for (const [name, migration] of pending) {
      current = name
      if (migration.transaction === false) await runOne(db, name, migration)
      else await db.transaction().execute((trx) => runOne(trx, name, migration))
    }
    return pending.map(([name]) => name)
  } catch (error) {
    throw new MigrationFailed(schema, current, error)
  }
}

/**
 * The lock is freed with the connection, which is the caller's own. It is asked for repeatedly because a statement that
 * waits for it would hold a snapshot, and `create index concurrently` waits for every snapshot: a deadlock.
 */
async function lock(db: Kysely<MigrationTables>, schema: string): Promise<void> {
  const attempt = sql<{ locked: boolean }>`
    select pg_try_advisory_lock(hashtextextended(${`belay migrate ${schema}`}, 0)) as locked`
  while ((await attempt.execute(db)).rows[0]?.locked !== true) await sleep(lockPauseMs)
}

async function listApplied(db: Kysely<MigrationTables>): Promise<Set<string>> {
  await db.schema
    .createTable('kysely_migration')
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute()
  const applied = await db.selectFrom('kysely_migration').select('name').execute()
  return new Set(applied.map(({ name }) => name))
}

async function runOne(db: Kysely<MigrationTables>, name: string, migration: Migration): Promise<void> {
  await migration.up(db)
  await db.insertInto('kysely_migration').values({ name, timestamp: new Date().toISOString() }).execute()
}
