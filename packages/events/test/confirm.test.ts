import { defineEvent, type EventEnvelope, ThreadLocked } from '@belay/contracts'
import { expect, test } from 'vitest'
import { applyEvent, ApplyTimedOut, defineSubscriber, NotYetApplied, recordEvent } from '../src/index.ts'
import { locked } from './events.ts'
import { db, openStore, Stream, type Tables, useEventTables } from './fixture.ts'

useEventTables()

const Closed = defineEvent({
  source: 'people',
  entity: 'door',
  verb: 'closed',
  version: 1,
  description: 'An event that two services must apply and a third one informs of.',
  data: ThreadLocked.data,
  appliedBy: ['sessions', 'chat'],
  informs: ['notifications']
})

interface Waits {
  applyWaitMs?: number
  informWaitMs?: number
  isReachable?: () => boolean
}

function open(applyTo: (service: string, envelope: EventEnvelope) => Promise<void>, waits: Waits = {}) {
  const degraded: [string, unknown][] = []
  const onDegraded = (service: string, error: unknown) => void degraded.push([service, error])
  const store = openStore(new Stream(), { source: 'people', catalogue: [Closed], applyTo, onDegraded, ...waits })
  const close = async () => {
    const command = store.commands.open()
    await store.commands.run(command, () => store.transaction((trx) => recordEvent(trx, Closed, locked('a'))))
    return command.unconfirmed
  }
  return { degraded, store, close }
}

test('a command waits until every service that its event names has applied it, all at the same time', async () => {
  const waiting = new Map<string, () => void>()
  const { close, degraded } = open(
    (service) =>
      new Promise((resolve) => {
        waiting.set(service, resolve)
        if (waiting.size === 3) for (const applied of waiting.values()) applied()
      })
  )
  expect(await close()).toEqual([])
  expect([...waiting.keys()].toSorted()).toEqual(['chat', 'notifications', 'sessions'])
  expect(degraded).toEqual([])
})

test('what is applied has been committed before', async () => {
  const found: number[] = []
  const { close } = open(async () => {
    found.push((await db.selectFrom('outbox').select('position').execute()).length)
  })
  await close()
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

test('a service that fails is asked again until it has applied the event', async () => {
  let failures = 2
  const { close } = open(async (service) => {
    if (service === 'chat' && (failures -= 1) >= 0) throw new Error('not now')
  })
  expect(await close()).toEqual([])
  expect(failures).toBe(-1)
})

test('an event that a service does not apply in time is not confirmed, and can be confirmed later', async () => {
  let isFrozen = true
  const frozen = new Promise<void>(() => undefined)
  const { close, store, degraded } = open((service) => (service === 'chat' && isFrozen ? frozen : Promise.resolve()), {
    applyWaitMs: 50
  })
  const positions = await close()
  expect(positions).toHaveLength(1)
  expect(degraded).toEqual([['chat', new ApplyTimedOut('chat', 50)]])
  expect(await store.commands.confirm(positions)).toBe(false)
  isFrozen = false
  expect(await store.commands.confirm(positions)).toBe(true)
})

test('a service that only informs delays the command briefly and never fails it', async () => {
  const silent = Promise.withResolvers<void>()
  const { close, degraded } = open((service) => (service === 'notifications' ? silent.promise : Promise.resolve()), {
    informWaitMs: 50
  })
  expect(await close()).toEqual([])
  expect(degraded).toEqual([['notifications', new ApplyTimedOut('notifications', 50)]])
  silent.reject(new Error('late'))
  await expect(silent.promise).rejects.toThrow('late')
  expect(degraded).toHaveLength(1)
})

test('without a bus a command gives up early', async () => {
  const startedAt = performance.now()
  const fail = () => Promise.reject(new Error('not connected'))
  const { close } = open(fail, { applyWaitMs: 60_000, isReachable: () => false })
  expect(await close()).toHaveLength(1)
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})

test('an event that names no service is not waited for', async () => {
  const asked: string[] = []
  const store = openStore(new Stream(), { applyTo: async (service) => void asked.push(service) })
  await store.transaction((trx) => recordEvent(trx, ThreadLocked, locked('t')))
  expect(asked).toEqual([])
})

test('applying an event means that what it caused is applied as well, also when it had been applied before', async () => {
  const asked: string[] = []
  let isAway = true
  const { store } = open(
    async (service) => {
      if (service === 'chat' && isAway) throw new Error('away')
      asked.push(service)
    },
    { applyWaitMs: 50 }
  )
  const subscriber = defineSubscriber<Tables>()({
    durable: 'people-thread-locked',
    event: ThreadLocked,
    async handle({ trx }) {
      await recordEvent(trx, Closed, locked('a'))
    }
  })
  const event: EventEnvelope = {
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: '/belay/chat',
    type: ThreadLocked.type,
    subject: 't',
    time: '2026-11-01T12:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:test',
    data: locked('t').data
  }
  await expect(applyEvent(store, [subscriber], event)).rejects.toThrow(NotYetApplied)
  isAway = false
  await applyEvent(store, [subscriber], event)
  expect(asked).toContain('chat')
  expect(await db.selectFrom('outbox').select('position').execute()).toHaveLength(1)
})
