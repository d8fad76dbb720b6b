import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineQuestion } from '@belay/contracts'
import { freePort, startNats } from '@belay/launcher'
import { eventually } from '@belay/testing'
import { Type } from 'typebox'
import { expect, onTestFinished, test } from 'vitest'
import { BusUnavailable, connectBus } from '../src/index.ts'
import { parseUrl } from '../src/connection/dial.ts'
import { envelope, log, quick, uniqueEvent, useNats } from './fixture.ts'

const nats = useNats()

test('a bus made before its server is up works in full as soon as the server comes', async () => {
  const port = await freePort()
  const bus = await connectBus({ url: `nats://127.0.0.1:${port}`, name: 'early', log, tuning: quick })
  onTestFinished(() => bus.close())
  expect(bus.status()).toBe('disconnected')
  let returns = 0
  bus.onReconnect(() => (returns += 1))

  const double = defineQuestion({
    service: 'people',
    method: `double-${randomUUID()}`,
    input: Type.Object({ n: Type.Integer() }),
    output: Type.Object({ n: Type.Integer() })
  })
  const event = uniqueEvent()
  const handled: number[] = []
  const received: unknown[] = []
  await bus.answer(double, async ({ n }) => ({ n: n * 2 }))
  await bus.consume({
    durable: 'early',
    event,
    handle: async (events) => void handled.push(...events.map(({ data }) => data.n)),
    park: async () => undefined
  })
  bus.listenLive('belay.live.early', (payload) => received.push(payload))
  await expect(bus.ask(double, { n: 1 })).rejects.toThrow(BusUnavailable)
  await expect(bus.publishFact(envelope(event, 1))).rejects.toThrow(BusUnavailable)

  const dataDir = mkdtempSync(join(tmpdir(), 'belay-bus-'))
  const server = await startNats({ dataDir, port, log: () => undefined })
  onTestFinished(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await eventually(() => expect(bus.status()).toBe('connected'))
  expect(returns).toBe(1)
  await bus.publishFact(envelope(event, 2))
  bus.publishLive('belay.live.early', 'hello')
  expect(await bus.ask(double, { n: 2 })).toEqual({ n: 4 })
  await eventually(() => expect(handled).toEqual([2]))
  await eventually(() => expect(received).toEqual(['hello']))
})

test('every return of NATS is reported', async () => {
  const bus = await nats.bus()
  let returns = 0
  bus.onReconnect(() => (returns += 1))
  for (const expected of [1, 2]) {
    await nats.server.kill('SIGKILL')
    await eventually(() => expect(bus.status()).toBe('disconnected'))
    await nats.server.restart()
    await eventually(() => expect(returns).toBe(expected))
    expect(bus.status()).toBe('connected')
  }
})

test('a server that falls silent is noticed, and used again when it speaks', async () => {
  const bus = await nats.bus({ tuning: { pingIntervalMs: 100, connectTimeoutMs: 200 } })
  await nats.server.kill('SIGSTOP')
  try {
    await eventually(() => expect(bus.status()).toBe('disconnected'))
  } finally {
    await nats.server.kill('SIGCONT')
  }
  await eventually(() => expect(bus.status()).toBe('connected'))
  await bus.publishFact(envelope(uniqueEvent(), 1))
})

test('a bus whose server is away closes at once', async () => {
  const never = await connectBus({ url: `nats://127.0.0.1:${await freePort()}`, name: 'never', log, tuning: quick })
  const lost = await nats.bus()
  await nats.server.kill('SIGKILL')
  await eventually(() => expect(lost.status()).toBe('disconnected'))
  const started = performance.now()
  await Promise.all([never.close(), lost.close()])
  expect(performance.now() - started).toBeLessThan(2_000)
  await nats.server.restart()
})

test('a handler that never ends does not keep the bus from closing', async () => {
  const bus = await nats.bus({ tuning: { closeTimeoutMs: 100 } })
  const event = uniqueEvent()
  const entered = Promise.withResolvers<void>()
  await bus.consume({
    durable: `hangs-${randomUUID()}`,
    event,
    handle: () => {
      entered.resolve()
      return new Promise(() => undefined)
    },
    park: async () => undefined
  })
  await bus.publishFact(envelope(event, 1))
  await entered.promise
  await bus.close()
  expect(bus.status()).toBe('disconnected')
})

test('addresses may carry credentials, lack a port or scheme, and be several', () => {
  expect(parseUrl('nats://127.0.0.1:4333')).toEqual({ servers: ['127.0.0.1:4333'] })
  expect(parseUrl('one, nats://two:4223')).toEqual({ servers: ['one:4222', 'two:4223'] })
  expect(parseUrl('nats://me:p%404444@host')).toEqual({ servers: ['host:4222'], user: 'me', pass: 'p@4444' })
  expect(parseUrl('tls://token@host:1')).toEqual({ servers: ['host:1'], token: 'token', tls: {} })
  expect(parseUrl('nats://[::1]:4222')).toEqual({ servers: ['[::1]:4222'] })
})
