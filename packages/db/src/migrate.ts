import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration'
import { MigrationFailed, plainName } from './errors.ts'
import { createPool } from './pool.ts'

export type { Migration } from 'kysely/migration'

export interface MigrateOptions {
  /** URL of the login that owns the schema. */
  url: string
  schema: string
  /** By name; names start with a timestamp, so that their order is their age. */
  migrations: Record<string, Migration>
}

const migrationTable = 'kysely_migration'

/**
 * Brings a schema up to date and returns the names of the migrations it ran, in order. Forward only. All of them run in
 * one transaction, under a lock that the connection holds: of several callers one works and the others wait and find
 * nothing to do; a caller killed midway leaves nothing behind, not even the lock. Throws MigrationFailed.
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
    return await db.connection().execute((connection) => run(connection, schema, options.migrations))
  } finally {
    await db.destroy()
  }
}

interface MigrationTables {
  [migrationTable]: { name: string }
}

async function run(db: Kysely<MigrationTables>, schema: string, known: Record<string, Migration>) {
  // Freed with the connection, which is this call's own.
  await sql`select pg_advisory_lock(hashtextextended(${`belay migrate ${schema}`}, 0))`.execute(db)
  const applied = await listApplied(db, schema)
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...placeholders(applied), ...known }) },
    migrationTableName: migrationTable,
    migrationTableSchema: schema,
    // A package's new migration may be older by name than what a service has already applied.
    allowUnorderedMigrations: true
  })
  return namesOf(schema, await migrator.migrateToLatest())
}

/**
 * Names found in the database and not in this build: a newer build migrated first and this one was started again beside
 * it, or a release was rolled back. Migrations only ever add, so that the older build can go on.
 */
function placeholders(applied: string[]): Record<string, Migration> {
  return Object.fromEntries(applied.map((name) => [name, { up: async () => {} }]))
}

async function listApplied(db: Kysely<MigrationTables>, schema: string): Promise<string[]> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass(${`${schema}.${migrationTable}`}) is not null as found`.execute(db)
  if (rows[0]?.found !== true) return []
  const applied = await db.withSchema(schema).selectFrom(migrationTable).select('name').execute()
  return applied.map((row) => row.name)
}

function namesOf(schema: string, outcome: MigrationResultSet): string[] {
  const results = outcome.results ?? []
  if (outcome.error !== undefined) {
    const failed = results.find((result) => result.status === 'Error')
    throw new MigrationFailed(schema, failed?.migrationName, outcome.error)
  }
  return results.map((result) => result.migrationName)
}
