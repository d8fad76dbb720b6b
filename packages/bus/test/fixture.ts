import { randomUUID } from 'node:crypto'
import { defineEvent, type EventOf } from '@belay/contracts'
import type { RunningNats } from '@belay/launcher'
import { startTestNats } from '@belay/testing'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { pino } from 'pino'
import { Type } from 'typebox'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Bus, type BusOptions, connectBus } from '../src/index.ts'

/** Set BUS_LOG=debug to see what the bus logs in a test. */
export const log = pino({ level: process.env.BUS_LOG ?? 'silent' })

/** Waits short enough for tests; only what a test is about is set otherwise. */
export const quick = {
  reconnectWaitMs: 20,
  rebindWaitMs: 20,
  retryBaseMs: 20,
  retryMaxMs: 200,
  transientRetryMaxMs: 50,
  closeTimeoutMs: 500
}

export interface NatsFixture {
  readonly server: RunningNats
  /** A bus that is closed after the test. */
  bus(options?: Partial<BusOptions>): Promise<Bus>
  /** A bare client beside the bus, closed after the test. */
  raw(): Promise<{ nc: NatsConnection; jsm: JetStreamManager }>
}

/** A nats-server for the tests of a file. */
export function useNats(): NatsFixture {
  let server: RunningNats | undefined
  const closing: (() => Promise<void>)[] = []
  const running = (): RunningNats => {
    if (server === undefined) throw new Error('the server is not up yet')
    return server
  }
  beforeAll(async () => {
    server = await startTestNats()
  })
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()))
  })
  afterAll(() => server?.stop())
  return {
    get server() {
      return running()
    },
    async bus(options = {}) {
      const tuning = { ...quick, ...options.tuning }
      const bus = await connectBus({ url: running().url, name: 'test', log, ...options, tuning })
      closing.push(() => bus.close())
      return bus
    },
    async raw() {
      const nc = await connect({ servers: running().url })
      closing.push(() => nc.close())
      return { nc, jsm: await jetstreamManager(nc) }
    }
  }
}

/** An event of its own for each test, so that they share a stream without meeting. */
export function uniqueEvent() {
  return defineEvent({
    source: 'chat',
    entity: `thing-${randomUUID()}`,
    verb: 'happened',
    version: 1,
    description: 'A thing of a test happened.',
    data: Type.Object({ n: Type.Integer() })
  })
}

export type TestEvent = ReturnType<typeof uniqueEvent>

export function envelope(definition: TestEvent, n: number): EventOf<TestEvent> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/chat',
    type: definition.type,
    subject: 'thing',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'test',
    data: { n }
  }
}

export function envelopes(definition: TestEvent, count: number): EventOf<TestEvent>[] {
  return Array.from({ length: count }, (_, n) => envelope(definition, n))
}

export function publishAll(bus: Bus, events: EventOf<TestEvent>[]): Promise<void[]> {
  return Promise.all(events.map((event) => bus.publishFact(event)))
}

/** 0, 1, … count - 1 */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}
