import { randomUUID } from 'node:crypto'
import { eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { InvalidSubject, subjectToken } from '../src/index.ts'
import { useNats } from './fixture.ts'

const nats = useNats()

const uniqueSubject = (): string => `belay.live.thread.${subjectToken(randomUUID())}`

/** Whether anybody on this server listens to the subject. */
async function hasListener(subject: string): Promise<boolean> {
  const { nc } = await nats.raw()
  return nc.request(subject, 'null', { timeout: 100 }).then(
    () => true,
    (error: unknown) => !String(error).includes('no responders')
  )
}

test('listeners of a subject share one subscription, which ends with the last of them', async () => {
  const [bus, sender] = await Promise.all([nats.bus(), nats.bus()])
  const subject = uniqueSubject()
  const first: unknown[] = []
  const second: unknown[] = []
  const stopFirst = bus.listenLive(subject, (payload) => first.push(payload))
  const stopSecond = bus.listenLive(subject, (payload) => second.push(payload))
  await eventually(async () => expect(await hasListener(subject)).toBe(true))
  first.length = 0
  second.length = 0

  sender.publishLive(subject, { seq: 1 })
  await eventually(() => expect([first, second]).toEqual([[{ seq: 1 }], [{ seq: 1 }]]))
  // Parsed once: it came by one subscription.
  expect(first[0]).toBe(second[0])

  stopFirst()
  stopFirst()
  sender.publishLive(subject, { seq: 2 })
  await eventually(() => expect(second).toHaveLength(2))
  expect(first).toHaveLength(1)

  stopSecond()
  await eventually(async () => expect(await hasListener(subject)).toBe(false))
})

test('signals keep their order and carry any JSON', async () => {
  const bus = await nats.bus()
  const subject = uniqueSubject()
  const received: unknown[] = []
  bus.listenLive(subject, (payload) => received.push(payload))
  const sent = [{ a: [1, 'ä', null] }, 'text', 0, null, true]
  for (const payload of sent) bus.publishLive(subject, payload)
  await eventually(() => expect(received).toEqual(sent))
})

test('a pattern receives every subject that it covers, with its name', async () => {
  const bus = await nats.bus()
  const family = `belay.live.${randomUUID()}`
  const received: [unknown, string][] = []
  bus.listenLive(`${family}.*`, (payload, subject) => received.push([payload, subject]))
  bus.publishLive(`${family}.a`, 1)
  bus.publishLive(`${family}.b`, 2)
  await eventually(() =>
    expect(received).toEqual([
      [1, `${family}.a`],
      [2, `${family}.b`]
    ])
  )
})

test('a failing listener and a malformed signal disturb no other listener', async () => {
  const bus = await nats.bus()
  const { nc } = await nats.raw()
  const subject = uniqueSubject()
  const received: unknown[] = []
  bus.listenLive(subject, () => {
    throw new Error('this listener is broken')
  })
  bus.listenLive(subject, async () => {
    throw new Error('so is this one')
  })
  bus.listenLive(subject, (payload) => received.push(payload))
  await eventually(async () => expect(await hasListener(subject)).toBe(true))
  received.length = 0
  nc.publish(subject, '{broken')
  nc.publish(subject, '1')
  nc.publish(subject, '2')
  await eventually(() => expect(received).toEqual([1, 2]))
})

test('a signal too large to travel is dropped and counted', async () => {
  const bus = await nats.bus()
  bus.publishLive(uniqueSubject(), 'x'.repeat(2_000_000))
  expect(bus.counters.liveDropped).toBe(1)
})

test('while NATS is away signals are dropped and counted; listeners receive again afterwards, new ones included', async () => {
  const bus = await nats.bus()
  const [before, during] = [uniqueSubject(), uniqueSubject()]
  const received: string[] = []
  bus.listenLive(before, (_, subject) => received.push(subject))
  await nats.server.kill('SIGKILL')
  await eventually(() => expect(bus.status()).toBe('disconnected'))
  bus.publishLive(before, 'lost')
  expect(bus.counters.liveDropped).toBe(1)
  bus.listenLive(during, (_, subject) => received.push(subject))
  await nats.server.restart()
  await eventually(() => expect(bus.status()).toBe('connected'))
  bus.publishLive(before, 1)
  bus.publishLive(during, 2)
  await eventually(() => expect(received).toEqual([before, during]))
})

test.each(['', 'a.b', '*', 'a*', '>', 'a b', 'a\tb', 'a\r\nPUB x 1', 'a\u0000'])(
  '%j is no token of a subject',
  (id) => {
    expect(() => subjectToken(id)).toThrow(InvalidSubject)
  }
)

test('subjects with wildcards or gaps are refused where they would do harm', async () => {
  const bus = await nats.bus()
  expect(subjectToken('0190-ü_x')).toBe('0190-ü_x')
  for (const subject of ['belay.live.*', 'belay.live.>', 'belay..live', 'belay.live.', '.belay', 'belay live', '']) {
    expect(() => bus.publishLive(subject, 1)).toThrow(InvalidSubject)
  }
  for (const pattern of ['belay.>.live', 'belay.a*', 'belay..live', 'belay.live.', '']) {
    expect(() => bus.listenLive(pattern, () => undefined)).toThrow(InvalidSubject)
  }
})
