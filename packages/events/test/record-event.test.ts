import { MessageSent, ThreadLocked, UserBlocked } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { sql, type Transaction } from 'kysely'
import { expect, expectTypeOf, test } from 'vitest'
import { afterCommit, ForeignEvent, NotRecording, recordEvent, recordEvents } from '../src/index.ts'
import { locked, numbered, record, recordMany } from './events.ts'
import { createLog, db, openStore, Stream, type Tables, useEventTables } from './fixture.ts'

useEventTables()

const outboxCount = async () => (await db.selectFrom('outbox').select('position').execute()).length

test('an event is a CloudEvents envelope, on disk and in the stream alike', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  const envelope = await record(store, 't1')
  expect(envelope).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    source: '/belay/chat',
    type: 'belay.chat.thread.locked.v1',
    subject: 't1',
    time: '2026-11-01T12:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:belay:chat:thread:locked:v1',
    data: { thread_id: 't1', context: 'session', context_id: 't1', reason: 'closed' }
  })
  await eventually(() => expect(stream.stored).toEqual([envelope]))
  expect(await db.selectFrom('outbox').select(['id', 'envelope']).execute()).toEqual([{ id: envelope.id, envelope }])
})

test('a transaction that rolls back leaves no event, publishes nothing and runs no callback', async () => {
  const stream = new Stream()
  const applied: string[] = []
  const store = openStore(stream, { applyTo: async (service) => void applied.push(service) })
  let called = false
  const failing = store.transaction(async (trx) => {
    await recordEvent(trx, ThreadLocked, locked('never'))
    afterCommit(trx, () => (called = true))
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  await record(store, 'next')
  await eventually(() => expect(stream.subjects()).toEqual(['next']))
  expect(await outboxCount()).toBe(1)
  expect(called).toBe(false)
})

test('a statement that failed inside the transaction takes its events with it', async () => {
  const store = openStore(new Stream())
  const failing = store.transaction(async (trx) => {
    await recordEvent(trx, ThreadLocked, locked('never'))
    await sql`select 1 / 0`.execute(trx).catch(() => {})
  })
  await expect(failing).rejects.toThrow(/transaction is aborted/)
  expect(await outboxCount()).toBe(0)
})

test('events can be recorded only inside store.transaction, while it lasts', async () => {
  const store = openStore(new Stream())
  const outside = db.transaction().execute((trx) => recordEvent(trx, ThreadLocked, locked('x')))
  await expect(outside).rejects.toThrow(NotRecording)
  let kept: Transaction<Tables> | undefined
  await store.transaction(async (trx) => void (kept = trx))
  await expect(async () => kept && recordEvent(kept, ThreadLocked, locked('x'))).rejects.toThrow(NotRecording)
})

test("a service cannot record another service's event", async () => {
  const store = openStore(new Stream())
  const data = { blocker_id: 'a', blocked_id: 'b', version: 1 }
  const foreign = store.transaction((trx) => recordEvent(trx, UserBlocked, { subject: 'a', data }))
  await expect(foreign).rejects.toThrow(ForeignEvent)
})

test('any text survives: quotes, backslashes, NUL, lone surrogates, emoji', async () => {
  const stream = new Stream()
  const store = openStore(stream, { started: false })
  const reason = `"'\\ \u0000 \ud800 😀 $1 {a,b}`
  await store.transaction((trx) => recordEvent(trx, ThreadLocked, locked('t', reason)))
  store.relay.start()
  await eventually(() => expect(stream.stored).toMatchObject([{ data: { reason } }]))
})

test('many events of one call, and calls of one transaction, keep their order', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  const envelopes = await store.transaction(async (trx) => [
    ...(await recordMany(trx, numbered('a', 100))),
    ...(await recordMany(trx, [])),
    ...(await recordMany(trx, numbered('b', 3)))
  ])
  await eventually(() => expect(stream.stored).toEqual(envelopes))
  expect(stream.subjects()).toEqual([...numbered('a', 100), ...numbered('b', 3)])
})

test('callbacks run after the commit and before the answer; one that fails is logged and affects nothing else', async () => {
  const log = createLog()
  const store = openStore(new Stream(), { log })
  const seen: unknown[] = []
  const answer = await store.transaction(async (trx) => {
    afterCommit(trx, () => {
      throw new Error('lost signal')
    })
    afterCommit(trx, async () => void seen.push(await outboxCount()))
    await recordEvent(trx, ThreadLocked, locked('t'))
    return 'answer'
  })
  expect([answer, seen]).toEqual(['answer', [1]])
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
})

test('the types of data follow the definition', () => {
  const store = openStore(new Stream(), { started: false })
  const wrong = (trx: Transaction<Tables>) =>
    // @ts-expect-error: `reason` is missing
    recordEvent(trx, ThreadLocked, { subject: 't', data: { thread_id: 't', context: 'session', context_id: 't' } })
  expectTypeOf(wrong).toBeFunction()
  const many = (trx: Transaction<Tables>) => recordEvents(trx, MessageSent, [])
  expectTypeOf<Awaited<ReturnType<typeof many>>[number]['data']['seq']>().toEqualTypeOf<number>()
  const answer = () => store.transaction(async () => 1)
  expectTypeOf(answer).returns.resolves.toEqualTypeOf<number>()
})
