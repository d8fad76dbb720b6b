import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration'
import { Pool } from 'pg'
import { survivePostgres } from './create-database.ts'
import { MigrationFailed, plainName } from './errors.ts'

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
 * Brings a schema up to date and returns the names of the migrations it ran, in order. Forward only. Everything happens
 * in one transaction under an advisory lock of the schema: of several callers one works and the others wait and find
 * nothing to do; a caller killed midway leaves nothing behind, not even the lock. Throws MigrationFailed.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const schema = plainName(options.schema)
  const pool = new Pool({
    connectionString: options.url,
    options: `-c search_path=${schema}`,
    application_name: `${schema}-migrate`,
    max: 1,
    connectionTimeoutMillis: 5_000
  })
  survivePostgres(pool)
  const db = new Kysely<MigrationTables>({ dialect: new PostgresDialect({ pool }) })
  try {
    return await db.transaction().execute((trx) => run(trx, schema, options.migrations))
  } finally {
    await db.destroy()
  }
}

interface MigrationTables {
  [migrationTable]: { name: string }
}

async function run(trx: Transaction<MigrationTables>, schema: string, known: Record<string, Migration>) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`belay migrate ${schema}`}, 0))`.execute(trx)
  const applied = await listApplied(trx, schema)
  const migrator = new Migrator({
    db: trx,
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

async function listApplied(trx: Transaction<MigrationTables>, schema: string): Promise<string[]> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass(${`${schema}.${migrationTable}`}) is not null as found`.execute(trx)
  if (rows[0]?.found !== true) return []
  const applied = await trx.withSchema(schema).selectFrom(migrationTable).select('name').execute()
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
