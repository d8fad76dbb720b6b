import { randomUUID } from 'node:crypto'
import { type EventEnvelope, eventsOf, type Fact, MessageSent, ThreadLocked } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  batchBytesMax,
  defineBatchSubscriber,
  defineSubscriber,
  envelopeOf,
  type EventReferences,
  outboxInsertion,
  parkEvent,
  recordEvent,
  recordEvents,
  replayParked,
  runSubscriber,
  takeApart
} from '../src/index.ts'
import { locked, numbered } from './events.ts'
import { createLog, db, openStore, Stream, subjectsOf, type Tables, useEventTables } from './fixture.ts'

useEventTables()

const thread = randomUUID()

function sent(subject: string, body = 'hello') {
  const id = randomUUID()
  const created_at = '2026-11-01T12:00:00.000Z'
  const data = {
    message_id: id,
    thread_id: thread,
    context: 'session' as const,
    context_id: thread,
    seq: 1,
    kind: 'user' as const,
    sender_id: id,
    body,
    created_at,
    member_ids: []
  }
  return { id, time: created_at, subject, data }
}

type Sent = ReturnType<typeof sent>

/** A log of messages, of which the outbox holds references alone. */
function logOf(messages: Sent[]): EventReferences<Tables, typeof MessageSent, string> {
  return {
    event: MessageSent,
    refOf: ({ id }) => id,
    restore: async (_, refs) =>
      refs.map((ref) => {
        const message = messages.find(({ id }) => id === ref)
        return message && envelopeOf(MessageSent, message)
      })
  }
}

const drained = (store: { relay: { pendingCount(): Promise<number> } }) =>
  eventually(async () => expect(await store.relay.pendingCount()).toBe(0))

test('the batched events of one commit are one row and one message, in the place of the first of them', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  const messages = numbered('m', 3).map((subject) => sent(subject))
  await store.transaction(async (trx) => {
    await recordEvent(trx, ThreadLocked, locked('before'))
    await recordEvents(trx, MessageSent, messages.slice(0, 2))
    await recordEvent(trx, ThreadLocked, locked('after'))
    await recordEvents(trx, MessageSent, messages.slice(2))
  })
  await drained(store)
  expect(stream.facts.map(subjectsOf)).toEqual([['before'], ['m1', 'm2', 'm3'], ['after']])
  const [, batch] = stream.facts
  expect(batch && eventsOf(batch).map(({ id }) => id)).toEqual(messages.map(({ id }) => id))
  expect(messages.map(({ id }) => id)).not.toContain(batch?.id)
  expect(await db.selectFrom('outbox').select('id').execute()).toHaveLength(3)
})

test('a batch is divided where it would not fit into a message, and an event that is too large is alone', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  const half = 'x'.repeat(batchBytesMax / 2)
  const sizes = [
    sent('small'),
    sent('half', half),
    sent('other half', half),
    sent('large', half.repeat(3)),
    sent('end')
  ]
  await store.transaction((trx) => recordEvents(trx, MessageSent, sizes))
  await drained(store)
  expect(stream.facts.map(subjectsOf)).toEqual([['small', 'half'], ['other half'], ['large'], ['end']])
})

test('what a crashed process recorded by reference is published from the log under the id of the batch', async () => {
  const messages = numbered('m', 3).map((subject) => sent(subject))
  const [, gone] = messages
  const references = [logOf(messages.filter((message) => message !== gone))]
  const crashed = openStore(new Stream(), { started: false, references })
  await crashed.transaction((trx) => recordEvents(trx, MessageSent, messages))
  const [row] = await db.selectFrom('outbox').select(['id', 'envelope', 'refs']).execute()
  expect(row).toMatchObject({ envelope: null, refs: messages.map(({ id }) => id) })
  const stream = new Stream()
  const store = openStore(stream, { references })
  await drained(store)
  expect(stream.facts).toEqual([
    {
      id: row?.id,
      type: MessageSent.type,
      events: messages.filter((message) => message !== gone).map((message) => envelopeOf(MessageSent, message))
    }
  ])
  const again = new Stream()
  expect(await openStore(again, { references, started: false }).relay.refill()).toBe(2)
  expect(again.facts).toEqual(stream.facts)
})

test('a replay and a refill publish the same batch under the same id', async () => {
  const messages = numbered('m', 3).map((subject) => sent(subject))
  const stream = new Stream()
  const store = openStore(stream, { references: [logOf(messages)] })
  await store.transaction((trx) => recordEvents(trx, MessageSent, messages))
  await drained(store)
  const first = stream.facts
  for (const publishAgain of [() => store.relay.replay(), () => store.relay.refill()]) {
    stream.facts = []
    await publishAgain()
    expect(stream.facts).toEqual(first)
  }
})

test('a batch of which nothing is left is published no more, and not pending', async () => {
  const references = [logOf([])]
  const crashed = openStore(new Stream(), { started: false, references })
  await crashed.transaction((trx) => recordEvents(trx, MessageSent, [sent('m')]))
  const stream = new Stream()
  await drained(openStore(stream, { references }))
  expect(stream.attempts).toEqual([])
})

test('rows that refer to what the store cannot find again stay pending', async () => {
  const crashed = openStore(new Stream(), { started: false, references: [logOf([])] })
  await crashed.transaction((trx) => recordEvents(trx, MessageSent, [sent('m')]))
  const log = createLog()
  const store = openStore(new Stream(), { log })
  await eventually(() => expect(log.lines.some(({ level }) => level === 'warn')).toBe(true))
  expect(await store.relay.pendingCount()).toBe(1)
})

test('a row from before batches is published as the single event that it holds', async () => {
  const old = envelopeOf(MessageSent, sent('old'))
  await sql`
    with recorded as (insert into outbox (id, envelope) values (${old.id}, ${JSON.stringify(old)}) returning position)
    insert into outbox_pending select position from recorded`.execute(db)
  const stream = new Stream()
  await drained(openStore(stream))
  expect(stream.facts).toEqual([old])
})

test('a statement of a service records a batch, which is handed over or left to the sweeper', async () => {
  const messages = [sent('m1'), sent('m2')]
  const stream = new Stream()
  const store = openStore(stream, { references: [logOf(messages)], relay: { graceMs: 600_000 } })
  const id = randomUUID()
  const insertion = outboxInsertion({
    id,
    type: MessageSent.type,
    refs: sql`select json_agg(i) from unnest(${messages.map((message) => message.id)}::text[]) i`
  })
  const { rows } = await sql<{ position: number }>`with ${insertion} select position from recorded`.execute(db)
  const events = messages.map((message) => envelopeOf(MessageSent, message))
  store.handOver(rows.map(({ position }) => ({ position, fact: { id, type: MessageSent.type, events } })))
  await drained(store)
  expect(stream.facts).toEqual([{ id, type: MessageSent.type, events }])
  expect((await store.relay.replay()).published).toBe(2)
})

test('a statement without messages records no batch', async () => {
  const refs = sql`select json_agg(i) from unnest(${[]}::text[]) i`
  const insertion = outboxInsertion({ id: randomUUID(), type: MessageSent.type, refs })
  expect((await sql`with ${insertion} select position from recorded`.execute(db)).rows).toEqual([])
})

const effects = async () => (await db.selectFrom('effects').select('what').execute()).map(({ what }) => what).toSorted()
const inbox = async () => (await db.selectFrom('inbox').select('event_id').execute()).map(({ event_id }) => event_id)

const apply = (poison?: string, durable = 'test-message-sent') =>
  defineBatchSubscriber<Tables>()({
    durable,
    event: MessageSent,
    batchMax: 4,
    async handleBatch({ events, trx }) {
      for (const { id, subject } of events) {
        await trx.insertInto('effects').values({ event_id: id, what: subject }).execute()
        if (subject === poison) throw new Error('poison')
      }
    }
  })

function batchOf(...subjects: string[]): Fact & { events: readonly EventEnvelope[] } {
  const events = subjects.map((subject) => envelopeOf(MessageSent, sent(subject)))
  return { id: randomUUID(), type: MessageSent.type, events }
}

test('a batch is one entry of the inbox and has its effect once, also for two replicas at once', async () => {
  const replicas = [openStore(new Stream()), openStore(new Stream())]
  const batch = batchOf('a', 'b', 'c')
  await Promise.all([...replicas, ...replicas].map((replica) => runSubscriber(replica, apply(), [batch])))
  await runSubscriber(openStore(new Stream()), apply(), [batch, batch])
  expect([await effects(), await inbox()]).toEqual([['a', 'b', 'c'], [batch.id]])
})

test('a batch that was taken apart is applied by its events, those that are left and no others', async () => {
  const store = openStore(new Stream())
  const batch = batchOf('a', 'b', 'c')
  expect(await takeApart(store, apply(), batch.id)).toBe(true)
  await runSubscriber(store, apply(), batch.events.slice(0, 1))
  await expect(runSubscriber(store, apply('b'), [batch])).rejects.toThrow('poison')
  expect(await effects()).toEqual(['a'])
  expect(await takeApart(store, apply(), batch.id)).toBe(true)
  await Promise.all([store, openStore(new Stream())].map((one) => runSubscriber(one, apply(), [batch])))
  expect(await effects()).toEqual(['a', 'b', 'c'])
})

test('a batch that another replica applies as a whole this instant is not taken apart', async () => {
  const [store, other] = [openStore(new Stream()), openStore(new Stream())]
  const batch = batchOf('a', 'b')
  const entered = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const slow = defineBatchSubscriber<Tables>()({
    ...apply(),
    async handleBatch(input) {
      await apply().handleBatch(input)
      entered.resolve()
      await go.promise
    }
  })
  const applying = runSubscriber(store, slow, [batch])
  await entered.promise
  const takingApart = takeApart(other, apply(), batch.id)
  go.resolve()
  await applying
  expect(await takingApart).toBe(false)
  await runSubscriber(other, apply(), [batch])
  expect(await effects()).toEqual(['a', 'b'])
})

test('an event of a batch that was parked is applied once by a replay', async () => {
  const store = openStore(new Stream())
  const batch = batchOf('a', 'b')
  const [, poison] = batch.events
  await takeApart(store, apply(), batch.id)
  await runSubscriber(store, apply(), batch.events.slice(0, 1))
  await parkEvent(store.db, { durable: apply().durable, event: poison, reason: 'poison' })
  expect(await replayParked(store, [apply()])).toMatchObject({ replayed: 1, remaining: 0 })
  await runSubscriber(store, apply(), [batch])
  expect(await effects()).toEqual(['a', 'b'])
})

test('batches share a transaction up to batchMax events; a larger one is never divided', async () => {
  const store = openStore(new Stream())
  const sizes: number[] = []
  const counting = defineBatchSubscriber<Tables>()({
    ...apply(),
    async handleBatch({ events }) {
      sizes.push(events.length)
    }
  })
  const large = batchOf(...numbered('l', 6))
  await runSubscriber(store, counting, [batchOf('a', 'b'), batchOf('c', 'd'), batchOf('e'), large, batchOf('f')])
  expect(sizes).toEqual([4, 1, 6, 1])
})

test('a subscriber of single events takes batches, each event once', async () => {
  const store = openStore(new Stream())
  const single = defineSubscriber<Tables>()({
    durable: 'test-single',
    event: MessageSent,
    async handle({ event, trx }) {
      await trx.insertInto('effects').values({ event_id: event.id, what: event.subject }).execute()
    }
  })
  const batch = batchOf('a', 'b')
  await runSubscriber(store, single, [batch, batch])
  expect(await effects()).toEqual(['a', 'b'])
})
