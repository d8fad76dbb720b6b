import pg from 'pg'

/** The same server and login, another database. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** Creates the database if it isn't there, as a copy of `template` if one is named; returns its URL. */
export async function createDatabase(adminUrl: string, database: string, template?: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (rowCount === 0) {
      const copyOf = template === undefined ? '' : ` TEMPLATE ${client.escapeIdentifier(template)}`
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}${copyOf}`)
    }
  } finally {
    await client.end()
  }
  return databaseUrl(adminUrl, database)
}

/** Drops the database, cutting whoever still uses it. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`)
  } finally {
    await client.end()
  }
}
