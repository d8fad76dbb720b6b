import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDatabase, isDatabaseUnavailable, provision, sendTogether, serviceUrl } from '../src/index.ts'
import { TransactionState } from '../src/transaction-state.ts'
import { freezableProxy } from './freezable-proxy.ts'
import { asAdmin, createScratch, dropScratches } from './test-database.ts'

interface Tables {
  things: { id: number; amount: number }
}

const scratch = await createScratch()
const { adminUrl, service } = scratch
const url = serviceUrl(adminUrl, service, 'secret')
const open = (at = url) =>
  createDatabase<Tables>({ url: at, schema: service, poolMax: 2, applicationName: 'round-trips' })
const db = open()
const elsewhere = open()

beforeAll(async () => {
  await provision(adminUrl, [{ name: service, password: 'secret' }])
  await sql`create table things (id int primary key, amount int)`.execute(db)
})
beforeEach(async () => {
  await sql`truncate things`.execute(db)
  await db.insertInto('things').values({ id: 1, amount: 1 }).execute()
})
afterAll(async () => {
  await Promise.all([db.destroy(), elsewhere.destroy()])
  await dropScratches([scratch])
})

/** What others see. */
async function amounts(): Promise<number[]> {
  const rows = await elsewhere.selectFrom('things').select('amount').orderBy('id').execute()
  return rows.map((row) => row.amount)
}

test('of two statements sent together the second sees what was committed while the first waited for a lock', async () => {
  const changed = Promise.withResolvers<void>()
  const mayCommit = Promise.withResolvers<void>()
  const other = db.transaction().execute(async (trx) => {
    await sql`update things set amount = 2 where id = 1`.execute(trx)
    changed.resolve()
    await mayCommit.promise
  })
  await changed.promise
  const both = db
    .transaction()
    .execute((trx) =>
      sendTogether(
        trx,
        sql<{ id: number }>`select id from things where id = 1 for update`,
        sql<{ amount: number }>`select amount from things where id = 1`
      )
    )
  await expect
    .poll(() =>
      asAdmin(
        adminUrl,
        `select from pg_stat_activity where application_name = 'round-trips' and wait_event_type = 'Lock'`
      )
    )
    .toHaveLength(1)
  mayCommit.resolve()
  await other
  expect(await both).toEqual([[{ id: 1 }], [{ amount: 2 }]])
})

test('when either of two statements sent together fails, its error is reported, nothing is kept and the connection stays usable', async () => {
  const change = sql`update things set amount = 5`
  const broken = sql`select 1 / 0`
  for (const [first, second] of [
    [change, broken],
    [broken, change]
  ] as const) {
    const failing = db.transaction().execute((trx) => sendTogether(trx, first, second))
    await expect(failing).rejects.toThrow('division by zero')
  }
  expect(await amounts()).toEqual([1])
})

test('a transaction committed along with its last statement is over: what fails later undoes nothing', async () => {
  const failing = db.transaction().execute(async (trx) => {
    await db.insertInto('things').values({ id: 2, amount: 2 }).execute()
    await sendTogether(trx, sql`insert into things values (3, 3)`, sql`commit`)
    throw new Error('too late')
  })
  await expect(failing).rejects.toThrow('too late')
  expect(await amounts()).toEqual([1, 2, 3])
})

test('a transaction that fails keeps nothing, no matter which statement it begins with', async () => {
  for (const first of [sql`select 1`, sql`update things set amount = 7`]) {
    const failing = db.transaction().execute(async (trx) => {
      await first.execute(trx)
      await sql`insert into things values (4, 4)`.execute(trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
  }
  expect(await amounts()).toEqual([1])
})

test('BEGIN and two queries sent together are under way before any of them is answered', async () => {
  const proxy = await freezableProxy(url)
  const far = open(proxy.url)
  await sql`select 1`.execute(far)
  proxy.freeze()
  const failing = far
    .transaction()
    .execute((trx) => sendTogether(trx, sql`select 'first'`, sql`select 'second'`))
    .catch((error: unknown) => error)
  await expect.poll(() => proxy.asked()).toMatch(/begin.*'first'.*'second'/s)
  proxy.close()
  expect(isDatabaseUnavailable(await failing)).toBe(true)
  await far.destroy()
})

test('a change waits until the server has begun, and is not made if it has not', async () => {
  const proxy = await freezableProxy(url)
  const far = open(proxy.url)
  await sql`select 1`.execute(far)
  proxy.freeze()
  const failing = far
    .transaction()
    .execute((trx) => sendTogether(trx, sql`update things set amount = 9`, sql`commit`))
    .catch((error: unknown) => error)
  await expect.poll(() => proxy.asked()).toContain('begin')
  proxy.close()
  expect(isDatabaseUnavailable(await failing)).toBe(true)
  expect(proxy.asked()).not.toMatch(/update things|commit/)
  await far.destroy()
})

test('a transaction with an isolation level keeps what it did', async () => {
  const level = await db
    .transaction()
    .setIsolationLevel('serializable')
    .execute(async (trx) => {
      await sql`insert into things values (2, 2)`.execute(trx)
      return sql<{ level: string }>`select current_setting('transaction_isolation') as level`.execute(trx)
    })
  expect(level.rows).toEqual([{ level: 'serializable' }])
  expect(await amounts()).toEqual([1, 2])
})

test('BEGIN travels with a query, goes ahead of a change, and is not sent for nothing', () => {
  const state = new TransactionState()
  const after = (...statements: string[]) => statements.map((statement) => state.next(statement))
  expect(after('begin', '  /* prepared */ select 1', 'insert into a', 'commit')).toEqual([
    'not at all',
    'with BEGIN',
    'as it is',
    'as it is'
  ])
  expect(after('begin', 'with b as (insert into a) select from b', 'rollback')).toEqual([
    'not at all',
    'after BEGIN',
    'as it is'
  ])
  expect(after('begin', 'commit')).toEqual(['not at all', 'not at all'])
  expect(after('begin', 'rollback', 'select 1')).toEqual(['not at all', 'not at all', 'as it is'])
})
