import { ThreadLocked } from '@belay/contracts'
import { expect, test } from 'vitest'
import { defineSubscriber, listParked, parkEvent, replayParked, runSubscriber } from '../src/index.ts'
import { record } from './events.ts'
import { db, openStore, Stream, type Tables, useEventTables } from './fixture.ts'

useEventTables()

const durable = 'test-thread-locked'
const seen: string[] = []
let broken = ''
const subscriber = defineSubscriber<Tables>()({
  durable,
  event: ThreadLocked,
  async handle({ event }) {
    if (event.subject === broken) throw new Error('still \0 broken')
    seen.push(event.subject)
  }
})

test('a parked event is kept with its reason, once, however often it is parked', async () => {
  const store = openStore(new Stream())
  const event = await record(store, 't')
  await parkEvent(db, { durable, event, reason: 'first' })
  await parkEvent(db, { durable, event, reason: 'second' })
  await parkEvent(db, { durable: 'another', event, reason: 'third' })
  expect(await listParked(db, { durable })).toEqual([
    { id: expect.any(Number), durable, payload: event, reason: 'second', parkedAt: expect.any(Date) }
  ])
  expect(await listParked(db)).toHaveLength(2)
})

test('what arrived instead of an event can be parked', async () => {
  for (const event of ['not json \0 at all', { id: 'no uuid' }, null, undefined, 7]) {
    await parkEvent(db, { durable, event, reason: 'invalid \0 payload' })
  }
  const parked = await listParked(db)
  expect(parked.map(({ payload }) => payload)).toEqual(['not json \0 at all', { id: 'no uuid' }, null, null, 7])
})

test('a replay applies what can be applied now and keeps the rest with its new reason', async () => {
  const store = openStore(new Stream())
  const events = [await record(store, 'a'), await record(store, 'b'), await record(store, 'c')]
  for (const event of events) await parkEvent(db, { durable, event, reason: 'old' })
  await parkEvent(db, { durable, event: 'raw', reason: 'invalid' })
  await parkEvent(db, { durable: 'of no service', event: events[0], reason: 'old' })
  const [, , third] = events
  if (third) await runSubscriber(store, subscriber, [third])
  broken = 'b'
  expect(await replayParked(store, [subscriber])).toEqual({ replayed: 2, remaining: 3, next: null })
  expect(seen).toEqual(['c', 'a'])
  const parked = await listParked(db)
  expect(parked.map(({ reason }) => reason)).toEqual(['still  broken', 'invalid', 'old'])
  broken = ''
  expect(await replayParked(store, [subscriber])).toEqual({ replayed: 1, remaining: 2, next: null })
  expect(seen).toEqual(['c', 'a', 'b'])
})

test('a replay goes page by page and can be limited to one durable', async () => {
  const store = openStore(new Stream())
  seen.length = 0
  const events = [await record(store, 'x'), await record(store, 'y'), await record(store, 'z')]
  await parkEvent(db, { durable: 'of no service', event: events[0], reason: 'old' })
  for (const event of events) await parkEvent(db, { durable, event, reason: 'old' })
  const page = { durable, limit: 2 }
  const first = await replayParked(store, [subscriber], page)
  expect(first).toEqual({ replayed: 2, remaining: 0, next: expect.any(Number) })
  const second = await replayParked(store, [subscriber], { ...page, afterId: first.next ?? 0 })
  expect(second).toEqual({ replayed: 1, remaining: 0, next: null })
  expect(seen).toEqual(['x', 'y', 'z'])
  expect(await listParked(db)).toMatchObject([{ durable: 'of no service', reason: 'old' }])
})
