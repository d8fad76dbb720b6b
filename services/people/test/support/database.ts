import { createDatabase } from '@belay/db'
import { CompiledQuery } from 'kysely'

/** The service's own schema of a database, for plain SQL. */
export function connect(url: string) {
  const db = createDatabase<unknown>({ url, schema: 'people', poolMax: 2, applicationName: 'people-tests' })
  return {
    async sql(query: string, parameters: unknown[] = []) {
      const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(query, parameters))
      return rows
    },
    destroy: () => db.destroy()
  }
}
