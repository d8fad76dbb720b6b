import { type EventOf, ThreadLocked, ThreadRead } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { sql } from 'kysely'
import { expect, expectTypeOf, test } from 'vitest'
import {
  applyEvent,
  defineBatchSubscriber,
  defineSubscriber,
  recordEvent,
  runSubscriber,
  type Subscriber
} from '../src/index.ts'
import { locked, numbered, record, recordMany } from './events.ts'
import { createLog, db, openStore, Stream, type Tables, useEventTables } from './fixture.ts'

useEventTables()

const effects = async () => (await db.selectFrom('effects').select('what').execute()).map(({ what }) => what)
const inboxCount = async () => (await db.selectFrom('inbox').select('event_id').execute()).length

const waitingForLocks = async () => {
  const { rows } = await sql`
    select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(db)
  return rows.length
}

const single = defineSubscriber<Tables>()({
  durable: 'test-thread-locked',
  event: ThreadLocked,
  async handle({ event, trx }) {
    await trx.insertInto('effects').values({ event_id: event.id, what: event.subject }).execute()
  }
})

const batch = defineBatchSubscriber<Tables>()({
  durable: 'test-thread-locked-batch',
  event: ThreadLocked,
  batchMax: 4,
  async handleBatch({ events, trx }) {
    const rows = events.map((event) => ({ event_id: event.id, what: `${event.subject}/${events.length}` }))
    await trx.insertInto('effects').values(rows).execute()
  }
})

test('an event has its effect once, however often it comes', async () => {
  const store = openStore(new Stream())
  const event = await record(store, 't')
  await runSubscriber(store, single, [event])
  await runSubscriber(store, single, [event, event])
  expect(await effects()).toEqual(['t'])
})

test('deliveries at the same instant have one effect: the second waits for the first, then skips', async () => {
  const stores = [openStore(new Stream()), openStore(new Stream())]
  const event = await record(openStore(new Stream()), 't')
  const deliveries = numbered('d', 12).map((_, i) =>
    runSubscriber(stores[i % 2] ?? openStore(new Stream()), single, [event])
  )
  await Promise.all(deliveries)
  expect(await effects()).toEqual(['t'])
})

test('when the first of two fails, the second has the effect', async () => {
  const store = openStore(new Stream())
  const event = await record(store, 't')
  const entered = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const failing = defineSubscriber<Tables>()({
    ...single,
    async handle() {
      entered.resolve()
      await go.promise
      throw new Error('broken')
    }
  })
  const first = runSubscriber(store, failing, [event]).catch((error: unknown) => error)
  await entered.promise
  const second = runSubscriber(store, single, [event])
  await eventually(async () => expect(await waitingForLocks()).toBe(1))
  go.resolve()
  expect(await first).toEqual(new Error('broken'))
  await second
  expect(await effects()).toEqual(['t'])
})

test('a handler that fails leaves neither an effect nor an inbox entry, and is tried again', async () => {
  const store = openStore(new Stream())
  const events = await store.transaction((trx) => recordMany(trx, ['a', 'b']))
  let broken = true
  const flaky = defineSubscriber<Tables>()({
    ...single,
    async handle(input) {
      await single.handle(input)
      if (broken && input.event.subject === 'b') throw new Error('broken')
    }
  })
  await expect(runSubscriber(store, flaky, events)).rejects.toThrow('broken')
  expect([await effects(), await inboxCount()]).toEqual([['a'], 1])
  broken = false
  await runSubscriber(store, flaky, events)
  expect(await effects()).toEqual(['a', 'b'])
})

test('two durables each apply the same event', async () => {
  const store = openStore(new Stream())
  const event = await record(store, 't')
  await runSubscriber(store, single, [event])
  await runSubscriber(store, { ...single, durable: 'another' }, [event])
  expect(await effects()).toEqual(['t', 't'])
})

test('a batch subscriber takes at most batchMax in one transaction, in order, each event once', async () => {
  const store = openStore(new Stream())
  const events = await store.transaction((trx) => recordMany(trx, numbered('a', 6)))
  await runSubscriber(store, batch, events.slice(1, 2))
  await runSubscriber(store, batch, [...events.slice(0, 3), ...events])
  expect(await effects()).toEqual(['a2/1', 'a1/2', 'a3/2', 'a4/2', 'a5/2', 'a6/1'])
})

test('a batch that fails has had no effect at all', async () => {
  const store = openStore(new Stream())
  const events = await store.transaction((trx) => recordMany(trx, numbered('a', 3)))
  const failing = defineBatchSubscriber<Tables>()({
    ...batch,
    async handleBatch(input) {
      await batch.handleBatch(input)
      throw new Error('broken')
    }
  })
  await expect(runSubscriber(store, failing, events)).rejects.toThrow('broken')
  expect([await effects(), await inboxCount()]).toEqual([[], 0])
})

test('overlapping batches in opposite orders, met in the middle, neither double an effect nor deadlock', async () => {
  const stores = [openStore(new Stream()), openStore(new Stream())] as const
  const events = await stores[0].transaction((trx) => recordMany(trx, numbered('a', 40)))
  const large = defineBatchSubscriber<Tables>()({ ...batch, batchMax: 40 })
  const middle = events[20]?.id
  const held = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const holder = db.transaction().execute(async (trx) => {
    await sql`insert into inbox (durable, event_id) values (${large.durable}, ${middle})`.execute(trx)
    held.resolve()
    await go.promise
    throw new Error('let go')
  })
  await held.promise
  const runs = [runSubscriber(stores[0], large, events), runSubscriber(stores[1], large, events.toReversed())]
  await eventually(async () => expect(await waitingForLocks()).toBe(2))
  go.resolve()
  await expect(holder).rejects.toThrow('let go')
  await Promise.all(runs)
  expect(await effects()).toHaveLength(40)
})

test('what a handler records is published and applied; what it asks for after the commit happens then', async () => {
  const stream = new Stream()
  const applied: string[] = []
  const store = openStore(stream, { applyTo: async (service) => void applied.push(service) })
  const event = await record(store, 't')
  const seen: unknown[] = []
  const chained = defineSubscriber<Tables>()({
    durable: 'test-chained',
    event: ThreadLocked,
    async handle({ event: cause, trx, afterCommit }) {
      const data = { thread_id: cause.subject, user_id: 'u', last_read_seq: 1 }
      await recordEvent(trx, ThreadRead, { subject: cause.subject, data })
      afterCommit(async () => seen.push(await inboxCount()))
    }
  })
  await runSubscriber(store, chained, [event])
  expect(seen).toEqual([1])
  await eventually(() => expect(stream.stored.map(({ type }) => type)).toEqual([ThreadLocked.type, ThreadRead.type]))
})

test('a callback after the commit of a handler may fail', async () => {
  const log = createLog()
  const store = openStore(new Stream(), { log })
  const event = await record(store, 't')
  const signalling = defineSubscriber<Tables>()({
    ...single,
    async handle(input) {
      input.afterCommit(() => Promise.reject(new Error('lost signal')))
      await single.handle(input)
    }
  })
  await runSubscriber(store, signalling, [event])
  expect(await effects()).toEqual(['t'])
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
})

test('applying an event runs every subscriber of its type, and the stream delivering it later changes nothing', async () => {
  const store = openStore(new Stream())
  const other = defineSubscriber<Tables>()({
    durable: 'test-thread-read',
    event: ThreadRead,
    handle: () => Promise.reject(new Error('not mine'))
  })
  const subscribers: Subscriber<Tables>[] = [single, batch, other]
  const event = await record(store, 't')
  await applyEvent(store, subscribers, event)
  await runSubscriber(store, single, [event])
  await runSubscriber(store, batch, [event])
  expect(await effects()).toEqual(['t', 't/1'])
})

test('applying an event rejects when one subscriber fails, after the others had their turn', async () => {
  const store = openStore(new Stream())
  const failing = { ...single, durable: 'failing', handle: () => Promise.reject(new Error('broken')) }
  const event = await record(store, 't')
  await expect(applyEvent(store, [failing, single], event)).rejects.toThrow('broken')
  expect(await effects()).toEqual(['t'])
})

test('an id in an unusual spelling is refused rather than passed over', async () => {
  const store = openStore(new Stream())
  const event = await record(store, 't')
  await expect(runSubscriber(store, batch, [{ ...event, id: `{${event.id}}` }])).rejects.toMatchObject({
    code: 'EVENTS_UNKNOWN_EVENT_ID'
  })
  await runSubscriber(store, batch, [{ ...event, id: event.id.toUpperCase() }])
  await runSubscriber(store, batch, [event])
  expect(await effects()).toEqual(['t/1'])
})

test('the types of the event follow the definition', () => {
  defineSubscriber<Tables>()({
    durable: 'typed',
    event: ThreadLocked,
    async handle({ event }) {
      expectTypeOf(event).toEqualTypeOf<EventOf<typeof ThreadLocked>>()
      expectTypeOf(event.data.reason).toEqualTypeOf<string>()
    }
  })
  expect(locked('t').data.reason).toBe('closed')
})
