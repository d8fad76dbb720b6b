import { defineEvent, type EventEnvelope, ThreadLocked } from '@belay/contracts'
import { expect, test } from 'vitest'
import { ApplyTimedOut, recordEvent } from '../src/index.ts'
import { locked } from './events.ts'
import { db, openStore, Stream } from './fixture.ts'

const Closed = defineEvent({
  source: 'people',
  entity: 'door',
  verb: 'closed',
  version: 1,
  description: 'An event that three services have to apply.',
  data: ThreadLocked.data,
  appliedBy: ['sessions', 'chat', 'notifications']
})

function open(applyTo: (service: string, envelope: EventEnvelope) => Promise<void>, applyWaitMs = 1_500) {
  const degraded: [string, unknown][] = []
  const onDegraded = (service: string, error: unknown) => void degraded.push([service, error])
  return { degraded, store: openStore(new Stream(), { source: 'people', applyTo, onDegraded, applyWaitMs }) }
}

test('the answer waits until every service the event names has applied it, all at the same time', async () => {
  const waiting = new Map<string, () => void>()
  const { store, degraded } = open(
    (service) =>
      new Promise((resolve) => {
        waiting.set(service, resolve)
        if (waiting.size === 3) for (const applied of waiting.values()) applied()
      })
  )
  await store.transaction((trx) => recordEvent(trx, Closed, locked('a')))
  expect([...waiting.keys()].toSorted()).toEqual(['chat', 'notifications', 'sessions'])
  expect(degraded).toEqual([])
})

test('what is applied has been committed before', async () => {
  const found: number[] = []
  const { store } = open(async () => {
    found.push((await db.selectFrom('outbox').select('position').execute()).length)
  })
  await store.transaction((trx) => recordEvent(trx, Closed, locked('a')))
  expect(found).toEqual([1, 1, 1])
})

test('events about one thing reach a service in their order, one after the other', async () => {
  const applied: string[] = []
  let busy = 0
  const { store } = open(async (service, envelope) => {
    if (service !== 'chat') return
    expect((busy += 1)).toBe(1)
    await Promise.resolve()
    applied.push(envelope.id)
    busy -= 1
  })
  const ids = await store.transaction(async (trx) => {
    const first = await recordEvent(trx, Closed, locked('a'))
    const second = await recordEvent(trx, Closed, locked('a'))
    return [first.id, second.id]
  })
  expect(applied).toEqual(ids)
})

test('a service that refuses is counted, and the others are still waited for', async () => {
  const applied: string[] = []
  const { store, degraded } = open(async (service) => {
    if (service === 'chat') throw new Error('not there')
    applied.push(service)
  })
  await expect(store.transaction((trx) => recordEvent(trx, Closed, locked('a')))).resolves.toBeDefined()
  expect(applied.toSorted()).toEqual(['notifications', 'sessions'])
  expect(degraded).toEqual([['chat', new Error('not there')]])
})

test('a service that is silent is counted when the time is over; its late failure is not', async () => {
  const silent = Promise.withResolvers<void>()
  const { store, degraded } = open((service) => (service === 'chat' ? silent.promise : Promise.resolve()), 50)
  await store.transaction(async (trx) => {
    await recordEvent(trx, Closed, locked('a'))
    await recordEvent(trx, Closed, locked('a'))
  })
  expect(degraded).toEqual([['chat', new ApplyTimedOut('chat', 50)]])
  silent.reject(new Error('late'))
  await expect(silent.promise).rejects.toThrow('late')
  expect(degraded).toHaveLength(1)
})

test('an event that names nobody is not waited for', async () => {
  const asked: string[] = []
  const store = openStore(new Stream(), { applyTo: async (service) => void asked.push(service) })
  await store.transaction((trx) => recordEvent(trx, ThreadLocked, locked('t')))
  expect(asked).toEqual([])
})
