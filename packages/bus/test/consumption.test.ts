import { eventually } from '@belay/testing'
import { jetstream } from '@nats-io/jetstream'
import { expect, test } from 'vitest'
import { type Bus, type ConsumeOptions, RetryLater } from '../src/index.ts'
import { envelope, envelopes, publishAll, type TestEvent, uniqueEvent, upTo, useNats } from './fixture.ts'

const nats = useNats()

/** Consumes in the manner of a test: what was handled and parked is kept in order. */
async function collect(bus: Bus, event: TestEvent, options: Partial<ConsumeOptions<TestEvent>> = {}) {
  const handled: number[] = []
  const parked: { id: string; reason: string; raw?: string }[] = []
  const consumption = await bus.consume({
    durable: `durable-${event.subject.replaceAll('.', '-')}`,
    event,
    ...options,
    handle: async (events, facts) => {
      await options.handle?.(events, facts)
      handled.push(...events.map(({ data }) => data.n))
    },
    park: async (message, reason) => {
      await options.park?.(message, reason)
      parked.push({ id: message.id, reason, ...('raw' in message ? { raw: message.raw } : {}) })
    }
  })
  return { handled, parked, consumption }
}

const sorted = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b)

async function unacknowledged(event: TestEvent): Promise<number> {
  const { jsm } = await nats.raw()
  const info = await jsm.consumers.info('BELAY', `durable-${event.subject.replaceAll('.', '-')}`)
  return info.num_ack_pending + info.num_pending
}

test('events arrive in order, in batches of what is already there, and are all acknowledged', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  await publishAll(bus, envelopes(event, 250))
  const sizes: number[] = []
  const { handled } = await collect(bus, event, {
    batchMax: 50,
    handle: async (events) => void sizes.push(events.length)
  })
  await eventually(() => expect(handled).toEqual(upTo(250)))
  expect(Math.max(...sizes)).toBe(50)
  expect(sizes.length).toBeLessThan(50)
  await eventually(async () => expect(await unacknowledged(event)).toBe(0))
  expect(bus.counters).toMatchObject({ handled: 250, naks: 0, parked: 0 })
})

test('events that a killed process had in hand come to another within seconds', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const durable = `durable-${event.subject.replaceAll('.', '-')}`
  const killed = await collect(bus, event, { handle: () => Promise.reject(new RetryLater('not in this process')) })
  await killed.consumption.stop()
  await publishAll(bus, envelopes(event, 3))
  const { nc } = await nats.raw()
  const hand = await (await jetstream(nc).consumers.get('BELAY', durable)).fetch({ max_messages: 3, expires: 2_000 })
  for await (const message of hand) if (message.info.pending === 0) break
  await nc.close()

  const { handled } = await collect(bus, event)
  await eventually(() => expect(sorted(handled)).toEqual(upTo(3)), { withinMs: 15_000 })
})

test('an event that takes longer than the server waits for a sign of life is delivered once', async () => {
  const bus = await nats.bus({ tuning: { ackWaitMs: 400 } })
  const event = uniqueEvent()
  let deliveries = 0
  const { handled } = await collect(bus, event, {
    handle: async (events) => {
      deliveries += events.length
      if (deliveries > 1) return
      const { jsm } = await nats.raw()
      const others = uniqueEvent()
      const passing = await collect(bus, others, {
        durable: 'passes-time',
        handle: () => Promise.reject(new RetryLater(''))
      })
      await bus.publishFact(envelope(others, 0))
      const passed = async () => (await jsm.consumers.info('BELAY', 'passes-time')).delivered.consumer_seq
      await eventually(async () => expect(await passed()).toBeGreaterThan(25), { withinMs: 15_000 })
      await passing.consumption.stop()
    }
  })
  await bus.publishFact(envelope(event, 1))
  await eventually(() => expect(handled).toEqual([1]), { withinMs: 20_000 })
  expect(deliveries).toBe(1)
})

test('a single event is handed over alone, without waiting for company', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const { handled } = await collect(bus, event)
  await bus.publishFact(envelope(event, 7))
  await eventually(() => expect(handled).toEqual([7]), { withinMs: 500 })
})

test('with a pause between batches the first event waits for none, and the next ones gather until there are enough', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const batches: number[][] = []
  const { handled, consumption } = await collect(bus, event, {
    batchMax: 3,
    gatherMs: 600_000,
    handle: async (events) => void batches.push(events.map(({ data }) => data.n))
  })
  await bus.publishFact(envelope(event, 1))
  await eventually(() => expect(handled).toEqual([1]))
  for (const n of [2, 3, 4]) await bus.publishFact(envelope(event, n))
  await eventually(() => expect(batches).toEqual([[1], [2, 3, 4]]))
  await bus.publishFact(envelope(event, 5))
  // Stopping waits for no pause; what was not taken comes to another.
  await consumption.stop()
  expect(handled).toEqual([1, 2, 3, 4])
})

test('a failed event comes back with a growing delay until it succeeds', async () => {
  const bus = await nats.bus({ tuning: { retryBaseMs: 60 } })
  const event = uniqueEvent()
  const tries: number[] = []
  const { handled } = await collect(bus, event, {
    handle: async () => {
      tries.push(performance.now())
      if (tries.length < 4) throw new Error('not yet')
    }
  })
  await bus.publishFact(envelope(event, 1))
  await eventually(() => expect(handled).toEqual([1]))
  const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
  expect(pauses[0]).toBeGreaterThanOrEqual(55)
  expect(pauses[1]).toBeGreaterThanOrEqual(115)
  expect(pauses[2]).toBeGreaterThanOrEqual(195)
  expect(bus.counters).toMatchObject({ handled: 1, naks: 3, parked: 0 })
})

test('a poison event is parked after its last try and its neighbours do not wait for it', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const events = envelopes(event, 20)
  let poisonTriesAlone = 0
  await publishAll(bus, events)
  const { handled, parked } = await collect(bus, event, {
    maxDeliver: 3,
    handle: async (batch) => {
      if (!batch.some(({ data }) => data.n === 5)) return
      if (batch.length === 1) poisonTriesAlone += 1
      throw new Error('five is bad')
    }
  })
  await eventually(() => expect(parked).toEqual([{ id: events[5]?.id, reason: 'five is bad' }]))
  expect(sorted(handled)).toEqual(upTo(20).filter((n) => n !== 5))
  expect(poisonTriesAlone).toBe(3)
  await eventually(async () => expect(await unacknowledged(event)).toBe(0))
  expect(bus.counters).toMatchObject({ handled: 19, parked: 1 })
})

test('invalid payloads are parked at once with what arrived, and the rest is handled', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const { nc } = await nats.raw()
  const foreign = { ...envelope(event, 1), type: 'belay.chat.other.happened.v1' }
  const outside = { ...envelope(event, 1), data: { n: 'one' } }
  const broken = ['{not json', '{"specversion":"1.0"}', JSON.stringify(foreign), JSON.stringify(outside)]
  for (const payload of broken) nc.publish(event.subject, payload)
  await nc.flush()
  await bus.publishFact(envelope(event, 2))
  const { handled, parked } = await collect(bus, event)
  await eventually(() => expect(handled).toEqual([2]))
  expect(parked.map(({ raw }) => raw)).toEqual(broken)
  expect(parked.map(({ reason }) => reason)).toEqual([
    'not JSON',
    expect.stringMatching(/^envelope: /),
    expect.stringMatching(/^type is not belay\.chat\.thing/),
    expect.stringMatching(/^data: \/n /)
  ])
  expect(parked[0]?.id).toMatch(/^BELAY:\d+$/)
  await eventually(async () => expect(await unacknowledged(event)).toBe(0))
})

test('a message that cannot be parked now is kept until it can', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const { nc } = await nats.raw()
  nc.publish(event.subject, 'junk')
  let tries = 0
  const { parked } = await collect(bus, event, {
    park: async () => {
      tries += 1
      if (tries < 3) throw new Error('database away')
    }
  })
  await eventually(() => expect(parked).toMatchObject([{ raw: 'junk', reason: 'not JSON' }]))
  expect(tries).toBe(3)
})

test('transient failures never park an event, however many there are', async () => {
  class DatabaseAway extends Error {}
  const bus = await nats.bus({ isTransient: (error) => error instanceof DatabaseAway })
  const event = uniqueEvent()
  let failures = 0
  const { handled, parked } = await collect(bus, event, {
    maxDeliver: 2,
    handle: async () => {
      failures += 1
      if (failures <= 6) throw failures % 2 === 0 ? new DatabaseAway() : new RetryLater('later')
    }
  })
  await bus.publishFact(envelope(event, 1))
  await eventually(() => expect(handled).toEqual([1]))
  expect(parked).toEqual([])
  expect(failures).toBe(7)
})

test('an outage in the middle of single steps keeps what was done and gives the rest back', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  await publishAll(bus, envelopes(event, 6))
  let away = true
  const { handled, parked } = await collect(bus, event, {
    maxDeliver: 1,
    handle: async (batch) => {
      if (batch.length > 1) throw new Error('the batch fails')
      if (batch[0]?.data.n === 3 && away) {
        away = false
        throw new RetryLater('away')
      }
    }
  })
  await eventually(() => expect(sorted(handled)).toEqual(upTo(6)))
  expect(parked).toEqual([])
})

test('two replicas on one durable split the work, each event to one of them', async () => {
  const [first, second] = await Promise.all([nats.bus(), nats.bus()])
  const event = uniqueEvent()
  const ones = await collect(first, event, { batchMax: 10 })
  const others = await collect(second, event, { batchMax: 10 })
  await publishAll(first, envelopes(event, 400))
  await eventually(() => expect(sorted([...ones.handled, ...others.handled])).toEqual(upTo(400)))
  expect(ones.handled.length).toBeGreaterThan(50)
  expect(others.handled.length).toBeGreaterThan(50)
})

test('a stopped replica finishes its batch and leaves the rest to the others', async () => {
  const [first, second] = await Promise.all([nats.bus(), nats.bus()])
  const event = uniqueEvent()
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const stopped = await collect(first, event, {
    batchMax: 5,
    handle: () => {
      entered.resolve()
      return release.promise
    }
  })
  await publishAll(first, envelopes(event, 40))
  await entered.promise
  const stopping = stopped.consumption.stop()
  release.resolve()
  await stopping
  const taken = stopped.handled.length
  expect(taken).toBeGreaterThan(0)
  expect(taken).toBeLessThanOrEqual(5)
  const rest = await collect(second, event)
  await eventually(() => expect(sorted([...stopped.handled, ...rest.handled])).toEqual(upTo(40)))
})

test('a consumer deleted under its feet is made again', async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const { handled } = await collect(bus, event)
  const { jsm } = await nats.raw()
  await jsm.consumers.delete('BELAY', `durable-${event.subject.replaceAll('.', '-')}`)
  await bus.publishFact(envelope(event, 1))
  await eventually(() => expect(handled).toEqual([1]))
})

test('a stream deleted under its feet is made again', { timeout: 60_000 }, async () => {
  const bus = await nats.bus()
  const event = uniqueEvent()
  const { handled } = await collect(bus, event)
  const { jsm } = await nats.raw()
  await jsm.streams.delete('BELAY')
  await bus.publishFact(envelope(event, 1))
  // When the server's notice is lost, missing heartbeats reveal it, which takes up to 15 s.
  await eventually(() => expect(handled).toEqual([1]), { withinMs: 30_000 })
})
