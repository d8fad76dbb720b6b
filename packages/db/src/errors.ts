/** A migration failed; those before it stay applied. `cause` is the error from PostgreSQL. */
export class MigrationFailed extends Error {
  readonly code = 'DB_MIGRATION_FAILED'
  /** The migration that failed; undefined when the run failed before the first. */
  readonly migration: string | undefined

  constructor(schema: string, migration: string | undefined, cause: unknown) {
    super(`Migrations of schema ${schema} failed${migration === undefined ? '' : ` at ${migration}`}`, { cause })
    this.name = 'MigrationFailed'
    this.migration = migration
  }
}

/** A schema or service name that is no plain lower-case SQL identifier. */
export class InvalidSchemaName extends Error {
  readonly code = 'DB_INVALID_SCHEMA_NAME'

  constructor(name: string) {
    super(`Not a plain lower-case SQL name: ${JSON.stringify(name)}`)
    this.name = 'InvalidSchemaName'
  }
}

/** Kysely's `stream()`: nothing here reads a result piece by piece; read pages instead. */
export class CursorsNotSupported extends Error {
  readonly code = 'DB_CURSORS_NOT_SUPPORTED'

  constructor() {
    super('Streaming of query results is not supported')
    this.name = 'CursorsNotSupported'
  }
}

/** Returns the name when it needs no quoting anywhere (SQL, `search_path`, connection options), else throws. */
export function plainName(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(name)) throw new InvalidSchemaName(name)
  return name
}
