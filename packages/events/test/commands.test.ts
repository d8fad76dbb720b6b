import { ThreadLocked } from '@belay/contracts'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { afterCommit, recordEvent } from '../src/index.ts'
import { locked } from './events.ts'
import { db, openStore, Stream, useEventTables } from './fixture.ts'

useEventTables()

const countEffects = async () => (await db.selectFrom('effects').select('what').execute()).length

function open() {
  const stream = new Stream()
  const store = openStore(stream)
  const note = (what: string) =>
    store.transaction(async (trx) => {
      await sql`insert into effects (what) values (${what})`.execute(trx)
      await recordEvent(trx, ThreadLocked, locked(what))
    })
  return { store, note, stream }
}

test('an atomic command commits all its transactions together with what its caller adds', async () => {
  const { store, note } = open()
  const command = await store.commands.openAtomic()
  await store.commands.run(command, async () => {
    await note('a')
    await note('b')
    expect((await store.db.selectFrom('effects').select('what').execute()).length).toBe(2)
  })
  expect(await countEffects()).toBe(0)
  await store.commands.commit(command, async (trx) => {
    await sql`insert into effects (what) values ('answer')`.execute(trx)
  })
  expect(await countEffects()).toBe(3)
  expect(await db.selectFrom('outbox').select('position').execute()).toHaveLength(2)
})

test('what a failed transaction inside an atomic command did and recorded is undone, and the rest commits', async () => {
  const { store, note } = open()
  let calls = 0
  const command = await store.commands.openAtomic()
  await store.commands.run(command, async () => {
    await note('a')
    const failing = store.transaction(async (trx) => {
      await recordEvent(trx, ThreadLocked, locked('lost'))
      afterCommit(trx, () => (calls += 1))
      await sql`insert into effects (what) values (1/0)`.execute(trx)
    })
    await expect(failing).rejects.toThrow('division by zero')
  })
  await store.commands.commit(command, async () => undefined)
  expect([await countEffects(), calls]).toEqual([1, 0])
  expect(await db.selectFrom('outbox').select('position').execute()).toHaveLength(1)
})

test('a command that cannot be committed, or is rolled back, leaves nothing', async () => {
  const { store, note, stream } = open()
  const refused = await store.commands.openAtomic()
  await store.commands.run(refused, () => note('a'))
  await expect(store.commands.commit(refused, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const undone = await store.commands.openAtomic()
  await store.commands.run(undone, () => note('b'))
  await store.commands.rollback(undone)
  expect(await countEffects()).toBe(0)
  expect(stream.attempts).toEqual([])
})

test('work that serves many callers stays out of the command that happens to run it', async () => {
  const { store } = open()
  const command = await store.commands.openAtomic()
  await store.commands.run(command, () =>
    store.transaction((trx) => sql`insert into effects (what) values ('shared')`.execute(trx), { isShared: true })
  )
  await store.commands.rollback(command)
  expect(await countEffects()).toBe(1)
})
