import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, InvalidSchemaName, isDatabaseUnavailable, provision, serviceUrl } from '../src/index.ts'
import { freezableProxy } from './freezable-proxy.ts'
import { asAdmin, createScratch, dropScratches } from './test-database.ts'

interface Tables {
  things: { id: number; day: string; amount: number; at: Date; list: number[] }
}

const scratch = await createScratch()
const { adminUrl, service } = scratch
const url = serviceUrl(adminUrl, service, 'secret')
const open = (poolMax = 2) => createDatabase<Tables>({ url, schema: service, poolMax, applicationName: 'db-test' })
const db = open()

beforeAll(async () => {
  await provision(adminUrl, [{ name: service, password: 'secret' }])
  await sql`create table things (id bigint, day date, amount numeric, at timestamptz, list bigint[])`.execute(db)
})
afterAll(async () => {
  await db.destroy()
  await dropScratches([scratch])
})

const terminateAll = () =>
  asAdmin(adminUrl, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'db-test'`)

test('values come back as the types they mean', async () => {
  const at = new Date('2026-03-29T01:30:00.123Z')
  const row = { id: Number.MAX_SAFE_INTEGER, day: '2026-03-29', amount: 12.5, at, list: [1, 2] }
  await db.insertInto('things').values(row).execute()
  expect(await db.selectFrom('things').selectAll().executeTakeFirstOrThrow()).toEqual(row)
})

test('a bigint that a number cannot hold is an error, never another number', async () => {
  await expect(sql`select 9007199254740993::bigint`.execute(db)).rejects.toThrow(RangeError)
  await expect(sql`select array[9007199254740993]::bigint[]`.execute(db)).rejects.toThrow(RangeError)
  const { rows } = await sql`select array[1, null]::bigint[] as list, '{}'::bigint[] as none`.execute(db)
  expect(rows).toEqual([{ list: [1, null], none: [] }])
})

test('only the schema is on the search path, and statements have a limit', async () => {
  const { rows } = await sql`
    select current_schemas(false)::text as path, current_setting('statement_timeout') as limit_,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(db)
  expect(rows).toEqual([{ path: `{${service}}`, limit_: '5s', idle: '10s' }])
})

test('a schema name that would need quoting is refused', () => {
  expect(() => createDatabase({ url, schema: 'a b', poolMax: 1, applicationName: 'x' })).toThrow(InvalidSchemaName)
})

test('connections killed while idle, in a query or between two queries of a transaction do not affect later queries', async () => {
  const idle = open()
  await sql`select 1`.execute(idle)
  const inQuery = sql`select pg_sleep(4)`.execute(db).catch((error: unknown) => error)
  const between = open(1)
  const started = Promise.withResolvers<void>()
  const killed = Promise.withResolvers<void>()
  const inTransaction = between
    .transaction()
    .execute(async (trx) => {
      await sql`select 1`.execute(trx)
      started.resolve()
      await killed.promise
      await sql`select 1`.execute(trx)
    })
    .catch((error: unknown) => error)
  await started.promise
  await expect
    .poll(() =>
      asAdmin(
        adminUrl,
        `select from pg_stat_activity where query like '%pg_sleep(4)%' and state = 'active' and pid <> pg_backend_pid()`
      )
    )
    .toHaveLength(1)
  await terminateAll()
  killed.resolve()
  expect(isDatabaseUnavailable(await inQuery)).toBe(true)
  expect(isDatabaseUnavailable(await inTransaction)).toBe(true)
  for (const pool of [idle, db, between]) {
    await expect
      .poll(() => sql<{ one: number }>`select 1 as one`.execute(pool).then(({ rows }) => rows))
      .toEqual([{ one: 1 }])
  }
  await Promise.all([idle.destroy(), between.destroy()])
})

test('a full pool reports it within two seconds', async () => {
  const small = open(1)
  const free = Promise.withResolvers<void>()
  const holder = small.connection().execute(() => free.promise)
  const start = performance.now()
  const refusal = await sql`select 1`.execute(small).catch((error: unknown) => error)
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(isDatabaseUnavailable(refusal)).toBe(true)
  free.resolve()
  await holder
  await small.destroy()
})

test('a statement marked as prepared is parsed once per connection, and survives a change of its table', async () => {
  const single = open(1)
  await sql`create table changing (a int)`.execute(single)
  const marked = () => sql`/* prepared */ select * from changing where a = ${1}`.execute(single)
  await marked()
  await marked()
  const { rows } = await sql`select statement from pg_prepared_statements where statement like '%changing%'`.execute(
    single
  )
  expect(rows).toEqual([{ statement: '/* prepared */ select * from changing where a = $1' }])
  await sql`alter table changing add column b int`.execute(single)
  expect(isDatabaseUnavailable(await marked().catch((error: unknown) => error))).toBe(true)
  await expect(marked()).resolves.toMatchObject({ rows: [] })
  await single.destroy()
})

test('a server that stops answering in mid-query is given up, connection and all', { timeout: 20_000 }, async () => {
  const frozen = await freezableProxy(url)
  const far = createDatabase<Tables>({ url: frozen.url, schema: service, poolMax: 1, applicationName: 'db-test' })
  await sql`select 1`.execute(far)
  frozen.freeze()
  const start = performance.now()
  const stuck = far.transaction().execute((trx) => sql`select 1`.execute(trx))
  expect(isDatabaseUnavailable(await stuck.catch((error: unknown) => error))).toBe(true)
  expect(performance.now() - start).toBeLessThan(9_000)
  frozen.thaw()
  await expect(sql`select 1 as one`.execute(far)).resolves.toMatchObject({ rows: [{ one: 1 }] })
  await far.destroy()
  frozen.close()
})
