import { expect, test } from 'vitest'
import { eventually } from '@belay/testing'
import { BusUnavailable, ContractViolation } from '../src/index.ts'
import { envelope, envelopes, publishAll, uniqueEvent, useNats } from './fixture.ts'

const nats = useNats()

async function storedUnder(subject: string): Promise<number> {
  const { jsm } = await nats.raw()
  const info = await jsm.streams.info('BELAY', { subjects_filter: subject })
  return info.state.subjects?.[subject] ?? 0
}

test('an event published twice is stored once', async () => {
  const bus = await nats.bus()
  const happened = uniqueEvent()
  const event = envelope(happened, 1)
  await bus.publishFact(event)
  await bus.publishFact(event)
  expect(await storedUnder(happened.subject)).toBe(1)
  expect(bus.counters.published).toBe(2)
})

test('many publishes may be in flight and all are stored', async () => {
  const bus = await nats.bus()
  const happened = uniqueEvent()
  await publishAll(bus, envelopes(happened, 500))
  expect(await storedUnder(happened.subject)).toBe(500)
})

test("the stream keeps every service's events for a week and repeats apart for ten minutes", async () => {
  await nats.bus()
  const { jsm } = await nats.raw()
  const { config } = await jsm.streams.info('BELAY')
  expect(config).toMatchObject({
    subjects: ['belay.evt.people.>', 'belay.evt.sessions.>', 'belay.evt.chat.>', 'belay.evt.notifications.>'],
    storage: 'file',
    discard: 'old',
    num_replicas: 1,
    max_age: 7 * 24 * 3600 * 1e9,
    duplicate_window: 600 * 1e9
  })
})

test('a stream of an older release is brought up to date', async () => {
  await nats.bus()
  const { jsm } = await nats.raw()
  await jsm.streams.update('BELAY', { subjects: ['belay.evt.people.>'] })
  const bus = await nats.bus()
  const happened = uniqueEvent()
  await bus.publishFact(envelope(happened, 1))
  expect(await storedUnder(happened.subject)).toBe(1)
})

test('a stream that was deleted is made again by the next publish, once the old one has had time to go', async () => {
  const bus = await nats.bus()
  const { jsm } = await nats.raw()
  await jsm.streams.delete('BELAY')
  const happened = uniqueEvent()
  const deletedAt = Date.now()
  await bus.publishFact(envelope(happened, 1))
  expect(await storedUnder(happened.subject)).toBe(1)
  // The server may still be removing files of the old one.
  const { created } = await jsm.streams.info('BELAY')
  expect(Date.parse(created) - deletedAt).toBeGreaterThan(400)
})

test('an event larger than the server takes is refused as a fault of the program', async () => {
  const bus = await nats.bus()
  const event = { ...envelope(uniqueEvent(), 1), dataschema: 'x'.repeat(2_000_000) }
  await expect(bus.publishFact(event)).rejects.toThrow(ContractViolation)
})

test('while disconnected a publish fails at once, and works again by itself afterwards', async () => {
  const bus = await nats.bus()
  const happened = uniqueEvent()
  const event = envelope(happened, 1)
  await nats.server.kill('SIGKILL')
  await eventually(() => expect(bus.status()).toBe('disconnected'))
  const started = performance.now()
  await expect(bus.publishFact(event)).rejects.toThrow(BusUnavailable)
  expect(performance.now() - started).toBeLessThan(1_000)
  expect(bus.counters.publishFailures).toBe(1)
  await nats.server.restart()
  await eventually(() => bus.publishFact(event))
  expect(await storedUnder(happened.subject)).toBe(1)
})

test('an unconfirmed publish fails within its bound, and repeating it stores the event once', async () => {
  const bus = await nats.bus({ tuning: { publishTimeoutMs: 200 } })
  const happened = uniqueEvent()
  const event = envelope(happened, 1)
  await nats.server.kill('SIGSTOP')
  try {
    // The signal may reach the server's threads a moment after it was sent.
    await eventually(() => expect(bus.publishFact(event)).rejects.toThrow(BusUnavailable))
  } finally {
    await nats.server.kill('SIGCONT')
  }
  await bus.publishFact(event)
  expect(await storedUnder(happened.subject)).toBe(1)
})

test('what is on its way when the connection breaks fails then, not when its time is up', async () => {
  const bus = await nats.bus({ tuning: { publishTimeoutMs: 60_000 } })
  await nats.server.kill('SIGSTOP')
  // So many that a server cannot confirm the last one before the signal has reached it.
  const publishing = Promise.allSettled(envelopes(uniqueEvent(), 2_000).map((event) => bus.publishFact(event)))
  await nats.server.kill('SIGKILL')
  const outcomes = await publishing
  expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: expect.any(BusUnavailable) })
  await nats.server.restart()
})
