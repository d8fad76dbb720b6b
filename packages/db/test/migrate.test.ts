import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, type Migration, MigrationFailed, provision, serviceUrl } from '../src/index.ts'
import { asAdmin, createScratch, dropScratches } from './test-database.ts'

const scratch = await createScratch()
const { adminUrl, service: schema } = scratch
const url = serviceUrl(adminUrl, schema, 'secret')
beforeAll(() => provision(adminUrl, [{ name: schema, password: 'secret' }]))
afterAll(() => dropScratches([scratch]))

const creates = (table: string): Migration => ({
  async up(db) {
    await sql`create table ${sql.table(table)} (id int)`.execute(db)
  }
})
const exists = async (table: string) => {
  const [row] = await asAdmin(adminUrl, `select to_regclass('${schema}.${table}') is not null as found`)
  return row?.['found']
}

test('of several runners at once one works, the others wait and find nothing to do', async () => {
  const migrations = { '20260102_b': creates('b'), '20260101_a': creates('a') }
  const runs = await Promise.all([1, 2, 3].map(() => migrate({ url, schema, migrations })))
  expect(runs.flat()).toEqual(['20260101_a', '20260102_b'])
  expect(await migrate({ url, schema, migrations })).toEqual([])
  expect(await exists('a')).toBe(true)
})

test('a migration older by name than what has run still runs', async () => {
  const migrations = { '20260101_a': creates('a'), '20260102_b': creates('b'), '20260101_aa': creates('aa') }
  expect(await migrate({ url, schema, migrations })).toEqual(['20260101_aa'])
})

test('a build that does not know what a newer one has run still starts', async () => {
  expect(await migrate({ url, schema, migrations: { '20260101_a': creates('a') } })).toEqual([])
})

test('a failure names the migration, keeps those before it, and the next run resumes there', async () => {
  const broken: Migration = {
    async up(db) {
      await sql`create table half_made (id int)`.execute(db)
      await sql`create table broken (id nonsense)`.execute(db)
    }
  }
  const sound = { '20260201_first': creates('first'), '20260202_second': creates('second') }
  const failure = await migrate({ url, schema, migrations: { ...sound, '20260203_third': broken } }).catch(
    (error: unknown) => error
  )
  expect(failure).toBeInstanceOf(MigrationFailed)
  expect(failure).toMatchObject({ migration: '20260203_third', cause: { code: '42704' } })
  expect(await Promise.all(['first', 'second', 'half_made'].map(exists))).toEqual([true, true, false])
  const repaired = { ...sound, '20260203_third': creates('third') }
  expect(await migrate({ url, schema, migrations: repaired })).toEqual(['20260203_third'])
})

test('a migration outside a transaction builds an index concurrently while other runners wait', async () => {
  const index: Migration = {
    transaction: false,
    async up(db) {
      await sql`drop index concurrently if exists by_id`.execute(db)
      await sql`create index concurrently by_id on indexed (id)`.execute(db)
    }
  }
  const migrations = { '20260401_indexed': creates('indexed'), '20260402_by_id': index }
  const runs = await Promise.all([1, 2, 3].map(() => migrate({ url, schema, migrations })))
  expect(runs.flat()).toEqual(['20260401_indexed', '20260402_by_id'])
  expect(await exists('by_id')).toBe(true)
})

test('a migration that fails outside a transaction runs again', async () => {
  let attempts = 0
  const index: Migration = {
    transaction: false,
    async up(db) {
      await sql`create table if not exists kept (id int)`.execute(db)
      attempts += 1
      if (attempts === 1) await sql`select 1 / 0`.execute(db)
    }
  }
  const migrations = { '20260501_kept': index }
  await expect(migrate({ url, schema, migrations })).rejects.toBeInstanceOf(MigrationFailed)
  expect(await exists('kept')).toBe(true)
  expect(await migrate({ url, schema, migrations })).toEqual(['20260501_kept'])
})

test('a runner killed midway leaves neither half a migration nor a lock', async () => {
  const reached = Promise.withResolvers<void>()
  const hangs: Migration = {
    async up(db) {
      await sql`create table half (id int)`.execute(db)
      reached.resolve()
      await sql`select pg_sleep(60)`.execute(db)
    }
  }
  const killed = migrate({ url, schema, migrations: { '20260301_half': hangs } }).catch((error: unknown) => error)
  await reached.promise
  const waiting = migrate({ url, schema, migrations: { '20260301_half': creates('half') } })
  await asAdmin(
    adminUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = '${schema}-migrate' and (query like '%pg_sleep%' or state = 'idle in transaction')`
  )
  expect(await killed).toBeInstanceOf(Error)
  expect(await waiting).toEqual(['20260301_half'])
  expect(await exists('half')).toBe(true)
})

test('an empty set of migrations is fine', async () => {
  expect(await migrate({ url, schema, migrations: {} })).toEqual([])
})
