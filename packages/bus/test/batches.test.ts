import { randomUUID } from 'node:crypto'
import { defineEvent, type EventOf } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import type { Bus, ConsumeOptions, RawMessage } from '../src/index.ts'
import { useNats } from './fixture.ts'

const nats = useNats()

function batchedEvent() {
  const entity = `thing-${randomUUID().slice(0, 8)}`
  const data = Type.Object({ n: Type.Integer() })
  return defineEvent({ source: 'chat', entity, verb: 'sent', version: 1, description: 'Sent.', data, batched: true })
}

type BatchedEvent = ReturnType<typeof batchedEvent>

const one = (event: BatchedEvent, n: number): EventOf<BatchedEvent> => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/belay/chat',
  type: event.type,
  subject: 's',
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  dataschema: 'urn:test',
  data: { n }
})

const batchOf = (event: BatchedEvent, numbers: number[]) => ({
  id: randomUUID(),
  type: event.type,
  events: numbers.map((n) => one(event, n))
})

async function consume(bus: Bus, event: BatchedEvent, options: Partial<ConsumeOptions<BatchedEvent>> = {}) {
  const handled: number[] = []
  const parked: unknown[] = []
  const calls: number[] = []
  await bus.consume({
    durable: `durable-${event.subject.replaceAll('.', '-')}`,
    event,
    maxDeliver: 2,
    ...options,
    handle: async (events, facts) => {
      calls.push(events.length)
      await options.handle?.(events, facts)
      handled.push(...events.map(({ data }) => data.n))
    },
    park: async (message) => {
      parked.push(isRaw(message) ? message.raw : message.data)
    }
  })
  return { handled, parked, calls }
}

const isRaw = (message: object): message is RawMessage => 'raw' in message

const settled = (event: BatchedEvent) =>
  eventually(async () => {
    const { jsm } = await nats.raw()
    const info = await jsm.consumers.info('BELAY', `durable-${event.subject.replaceAll('.', '-')}`)
    expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0])
  })

test('a batch is one message: an array with its content type, stored once under its id', async () => {
  const bus = await nats.bus()
  const event = batchedEvent()
  const batch = batchOf(event, [1, 2])
  await bus.publishFact(batch)
  await bus.publishFact(batch, JSON.stringify(batch.events))
  const { jsm } = await nats.raw()
  const stored = await jsm.streams.getMessage('BELAY', { last_by_subj: event.subject })
  expect(stored?.json()).toEqual(batch.events)
  expect(stored?.header.get('Nats-Msg-Id')).toBe(batch.id)
  expect(stored?.header.get('Content-Type')).toBe('application/cloudevents-batch+json')
  const info = await jsm.streams.info('BELAY', { subjects_filter: event.subject })
  expect(info.state.subjects).toEqual({ [event.subject]: 1 })
})

test('single objects and arrays of one subject are handled in order', async () => {
  const bus = await nats.bus()
  const event = batchedEvent()
  await bus.publishFact(batchOf(event, [1, 2]))
  await bus.publishFact(one(event, 3))
  await bus.publishFact(batchOf(event, [4]))
  const { handled } = await consume(bus, event)
  await eventually(() => expect(handled).toEqual([1, 2, 3, 4]))
  await settled(event)
})

test('a poison event of a batch is parked alone; the split is noted before the others are handled', async () => {
  const bus = await nats.bus()
  const event = batchedEvent()
  const batch = batchOf(event, [1, 2, 3])
  const steps: string[] = []
  await bus.publishFact(batch)
  const { parked } = await consume(bus, event, {
    takeApart: async (id) => {
      steps.push(`apart ${id === batch.id}`)
      return true
    },
    handle: async (events) => {
      if (events.some(({ data }) => data.n === 2)) throw new Error('poison')
      steps.push(...events.map(({ data }) => `handled ${data.n}`))
    }
  })
  await eventually(() => expect(parked).toEqual([{ n: 2 }]))
  await settled(event)
  expect(steps.slice(0, 3)).toEqual(['apart true', 'handled 1', 'handled 3'])
})

test('a batch that was handled as a whole meanwhile is acknowledged, not handled again', async () => {
  const bus = await nats.bus()
  const event = batchedEvent()
  await bus.publishFact(batchOf(event, [1, 2]))
  const { calls, handled } = await consume(bus, event, {
    takeApart: async () => false,
    handle: () => Promise.reject(new Error('too late'))
  })
  await settled(event)
  expect({ calls, handled }).toEqual({ calls: [2], handled: [] })
})

test('what is no event in a batch is parked, and the events beside it are handled', async () => {
  const bus = await nats.bus()
  const event = batchedEvent()
  const batch = batchOf(event, [1, 2])
  await bus.publishFact(batch, JSON.stringify([batch.events[0], { no: 'event' }, batch.events[1]]))
  const { handled, parked } = await consume(bus, event)
  await eventually(() => expect(parked).toEqual(['{"no":"event"}']))
  await settled(event)
  expect(handled).toEqual([1, 2])
})
