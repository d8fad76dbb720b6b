import { type QueryExecutorProvider, sql } from 'kysely'

/** The database's time now, in milliseconds since the epoch. */
export async function readDatabaseTime(db: QueryExecutorProvider): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db)
  return rows[0]?.ms
}
