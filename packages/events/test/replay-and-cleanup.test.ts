import { eventually } from '@belay/testing'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { OutboxRelay } from '../src/index.ts'
import { numbered, record, recordMany } from './events.ts'
import { db, openStore, Stream, useEventTables } from './fixture.ts'

useEventTables()

const drained = (store: { relay: { pendingCount(): Promise<number> } }) =>
  eventually(async () => expect(await store.relay.pendingCount()).toBe(0))
const age = (subjects: string[], days: number) =>
  sql`
    update outbox set created_at = now() - make_interval(days => ${days}::int)
    where envelope ->> 'subject' = any(${subjects})`.execute(db)
/** Replays every page. Returns the number of published events. */
async function replayAll({ relay }: { relay: OutboxRelay }, since?: Date): Promise<number> {
  let page = await relay.replay({ since })
  let published = page.published
  while (page.next !== null) {
    page = await relay.replay({ since, after: page.next, until: page.until })
    published += page.published
  }
  return published
}
const kept = async () => {
  const { rows } = await sql<{
    subject: string
  }>`select envelope ->> 'subject' as subject from outbox order by position`.execute(db)
  return rows.map(({ subject }) => subject)
}

test('everything that was in the stream can be put into an empty one, in order and under the same ids', async () => {
  const lost = new Stream()
  const store = openStore(lost)
  await store.transaction((trx) => recordMany(trx, numbered('a', 1_200)))
  await drained(store)
  await store.relay.stop()
  const empty = new Stream()
  const rebuilder = openStore(empty, { started: false })
  expect(await replayAll(rebuilder)).toBe(1_200)
  expect(empty.stored).toEqual(lost.stored)
})

test('a replay begins at the given time, and includes events that are still pending', async () => {
  const store = openStore(new Stream())
  await store.transaction((trx) => recordMany(trx, ['old', 'new']))
  await drained(store)
  await age(['old'], 3)
  const stream = new Stream()
  const rebuilder = openStore(stream, { started: false })
  await record(rebuilder, 'pending')
  expect(await replayAll(rebuilder, new Date(Date.now() - 86_400_000))).toBe(2)
  expect(stream.subjects()).toEqual(['new', 'pending'])
})

test('a replay that the stream interrupts reports it', async () => {
  const store = openStore(new Stream())
  await record(store, 'a')
  await drained(store)
  const away = new Stream()
  away.away = true
  await expect(openStore(away, { started: false }).relay.replay()).rejects.toThrow('stream away')
})

test('done events are kept for 7 days, pending ones until they are done', async () => {
  const store = openStore(new Stream(), { relay: { cleanupEveryMs: 60_000 } })
  await store.transaction((trx) => recordMany(trx, [...numbered('old', 25), 'six days', 'today']))
  await drained(store)
  await age(numbered('old', 25), 8)
  await age(['six days'], 6)
  await store.relay.stop()
  const stuck = openStore(new Stream(), { started: false })
  await record(stuck, 'stuck')
  await age(['stuck'], 9)
  const stream = new Stream()
  stream.away = true
  openStore(stream, { relay: { cleanupEveryMs: 10, cleanupBatchMax: 10 } })
  await eventually(async () => expect(await kept()).toEqual(['six days', 'today', 'stuck']))
})

test('inbox entries are kept for 14 days', async () => {
  await sql`
    insert into inbox (durable, event_id, applied_at)
    select 'd', gen_random_uuid(), now() - make_interval(days => case when n <= 25 then 15 else 13 end)
    from generate_series(1, 30) as n`.execute(db)
  openStore(new Stream(), { relay: { cleanupEveryMs: 10, cleanupBatchMax: 10 } })
  const count = async () => (await db.selectFrom('inbox').select('event_id').execute()).length
  await eventually(async () => expect(await count()).toBe(5))
})
