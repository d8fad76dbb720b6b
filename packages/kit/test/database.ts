import { createDatabase, migrate } from '@belay/db'
import { createTestDatabase } from '@belay/testing'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll } from 'vitest'
import { kitMigrations, type KitTables } from '../src/index.ts'

/** A database with kit's tables in the schema `chat`, for the tests of one file. */
export function useDatabase(): { db: Kysely<KitTables>; second: Kysely<KitTables>; url: string } {
  const parts: { db?: Kysely<KitTables>; second?: Kysely<KitTables>; url?: string } = {}
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = database.drop
    await migrate({ url: database.url, schema: 'chat', migrations: kitMigrations })
    const options = { url: database.url, schema: 'chat', poolMax: 10, applicationName: 'test' }
    Object.assign(parts, { db: createDatabase(options), second: createDatabase(options), url: database.url })
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
