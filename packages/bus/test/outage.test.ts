import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningNats, startNats } from '@belay/launcher'
import { eventually } from '@belay/testing'
import { type ConsumerInfo, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bus, type BusOptions, connectBus } from '../src/index.ts'
import { envelope, envelopes, log, publishAll, quick, type TestEvent, uniqueEvent, upTo } from './fixture.ts'

// Each test ruins its server, so each has its own.
let dataDir: string
let server: RunningNats
const closing: Bus[] = []

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'belay-bus-'))
  server = await startNats({ dataDir, log: () => undefined })
})

afterEach(async () => {
  await Promise.all(closing.splice(0).map((bus) => bus.close()))
  await server.stop()
  rmSync(`${dataDir}/jetstream`, { recursive: true })
})

async function connected(tuning: BusOptions['tuning'] = {}): Promise<Bus> {
  const bus = await connectBus({ url: server.url, name: 'test', log, tuning: { ...quick, ...tuning } })
  closing.push(bus)
  return bus
}

async function consumerInfo(): Promise<ConsumerInfo> {
  const nc = await connect({ servers: server.url })
  try {
    return await (await jetstreamManager(nc)).consumers.info('BELAY', 'applies-once')
  } finally {
    await nc.close()
  }
}

/** What an inbox does: each event counts once, however often it is delivered. */
async function applyOnce(bus: Bus, event: TestEvent, before: (numbers: number[]) => Promise<void> = async () => {}) {
  const applied = new Set<number>()
  const deliveries: number[] = []
  const consumption = await bus.consume({
    durable: 'applies-once',
    event,
    batchMax: 10,
    handle: async (events) => {
      const numbers = events.map(({ data }) => data.n)
      await before(numbers)
      deliveries.push(...numbers)
      for (const n of numbers) applied.add(n)
    },
    park: async () => {
      throw new Error('nothing here is poison')
    }
  })
  return { applied, deliveries, consumption }
}

test('NATS killed in mid-consumption and started again: nothing is lost', async () => {
  const bus = await connected({ ackWaitMs: 500 })
  const event = uniqueEvent()
  await publishAll(bus, envelopes(event, 500))
  const someHandled = Promise.withResolvers<void>()
  const { applied } = await applyOnce(bus, event, async (numbers) => {
    if (numbers.includes(150)) someHandled.resolve()
  })
  await someHandled.promise
  await server.kill('SIGKILL')
  await eventually(() => expect(bus.status()).toBe('disconnected'))
  await server.restart()
  await eventually(() => expect(applied.size).toBe(500), { withinMs: 15_000 })
  const later = envelope(event, 500)
  await eventually(() => bus.publishFact(later))
  await eventually(() => expect(applied.has(500)).toBe(true))
})

test('publishing through three kills of NATS stores every event exactly once', async () => {
  const bus = await connected({ ackWaitMs: 500, publishTimeoutMs: 500 })
  const event = uniqueEvent()
  const { applied } = await applyOnce(bus, event)
  let count = 0
  let killing = true
  const publisher = async (): Promise<void> => {
    while (killing) {
      const one = envelope(event, count)
      count += 1
      await eventually(() => bus.publishFact(one), { withinMs: 10_000 })
    }
  }
  const publishing = Promise.all([publisher(), publisher(), publisher(), publisher()])
  for (let kills = 0; kills < 3; kills += 1) {
    const before = bus.counters.published
    await eventually(() => expect(bus.counters.published).toBeGreaterThan(before + 50))
    await server.kill('SIGKILL')
    await server.restart()
    await eventually(() => expect(bus.status()).toBe('connected'))
  }
  killing = false
  await publishing
  await eventually(() => expect([...applied].toSorted((a, b) => a - b)).toEqual(upTo(count)), { withinMs: 15_000 })
  const nc = await connect({ servers: server.url })
  const { state } = await (await jetstreamManager(nc)).streams.info('BELAY')
  await nc.close()
  expect(state.messages).toBe(count)
})

test('what was handled while NATS was away is acknowledged on its return, not delivered again', async () => {
  const bus = await connected({ ackWaitMs: 10_000 })
  const event = uniqueEvent()
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const { deliveries, applied } = await applyOnce(bus, event, (numbers) => {
    if (!numbers.includes(0)) return Promise.resolve()
    entered.resolve()
    return release.promise
  })
  await bus.publishFact(envelope(event, 0))
  await entered.promise
  await server.kill('SIGTERM')
  await eventually(() => expect(bus.status()).toBe('disconnected'))
  release.resolve()
  await eventually(() => expect(applied.has(0)).toBe(true))
  await server.restart()
  const later = envelope(event, 1)
  await eventually(() => bus.publishFact(later))
  await eventually(() => expect(applied.has(1)).toBe(true))
  const { num_ack_pending: open } = await eventually(async () => {
    const info = await consumerInfo()
    expect(info.ack_floor.stream_seq).toBe(2)
    return info
  })
  expect(open).toBe(0)
  expect(deliveries).toEqual([0, 1])
})

test('after the data folder was wiped the stream and the consumer are made again, and old acknowledgements do nothing', async () => {
  const bus = await connected({ ackWaitMs: 400 })
  const event = uniqueEvent()
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  let failOnce = true
  const { applied } = await applyOnce(bus, event, async (numbers) => {
    if (numbers.includes(0)) {
      entered.resolve()
      await release.promise
    } else if (failOnce) {
      failOnce = false
      throw new Error('the first delivery of the new stream fails')
    }
  })
  await bus.publishFact(envelope(event, 0))
  await entered.promise
  await server.kill('SIGKILL')
  rmSync(`${dataDir}/jetstream`, { recursive: true })
  await server.restart()
  await eventually(() => expect(bus.status()).toBe('connected'))
  const first = envelope(event, 1)
  await eventually(() => bus.publishFact(first))
  // The acknowledgement of event 0 names sequence 1, which is event 1 by now.
  release.resolve()
  await eventually(() => expect([...applied]).toEqual([0, 1]))
})
