import { createDatabase, migrate } from '@belay/db'
import { createTestDatabase } from '@belay/testing'
import { eventMigrations, type EventTables } from '@belay/events'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll } from 'vitest'
import { kitMigrations, type KitTables } from '../src/index.ts'

/** Kit's tables, those of events, and one for effects. */
export interface Tables extends KitTables, EventTables {
  notes: { run: number }
}

/** A database with these tables in the schema `chat`, for the tests of one file. */
export function useDatabase(): { db: Kysely<Tables>; second: Kysely<Tables>; url: string } {
  const parts: { db?: Kysely<Tables>; second?: Kysely<Tables>; url?: string } = {}
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = database.drop
    await migrate({ url: database.url, schema: 'chat', migrations: { ...eventMigrations, ...kitMigrations } })
    const options = { url: database.url, schema: 'chat', poolMax: 10, applicationName: 'test' }
    const db = createDatabase<Tables>(options)
    await sql`create table notes (run int unique deferrable initially deferred)`.execute(db)
    Object.assign(parts, { db, second: createDatabase(options), url: database.url })
  })
  afterAll(async () => {
    await Promise.all([parts.db?.destroy(), parts.second?.destroy()])
    await drop()
  })
  const need = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('the database is there once the tests run')
    return part
  }
  return {
    get db() {
      return need(parts.db)
    },
    get second() {
      return need(parts.second)
    },
    get url() {
      return need(parts.url)
    }
  }
}
