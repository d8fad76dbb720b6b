import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { defineQuestion } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { pino } from 'pino'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import {
  type AnswerContext,
  type Bus,
  BusNeighbours,
  BusUnavailable,
  ContractViolation,
  RemoteError,
  RetryLater
} from '../src/index.ts'
import { useNats } from './fixture.ts'

const nats = useNats()

function uniqueQuestion() {
  return defineQuestion({
    service: 'people',
    method: `double-${randomUUID()}`,
    input: Type.Object({ n: Type.Integer() }),
    output: Type.Object({ n: Type.Integer() })
  })
}

const uniqueSubject = (): string => `belay.live.thread.${randomUUID()}`

/** Two buses of one process. */
async function twoNeighbours(options: { only?: boolean } = {}): Promise<[Bus, Bus]> {
  const neighbours = new BusNeighbours(options)
  return Promise.all([nats.bus({ neighbours }), nats.bus({ neighbours })])
}

/** What raw clients of NATS receive on a subject, until the test ends. */
async function overhear(subject: string): Promise<string[]> {
  const { nc } = await nats.raw()
  const received: string[] = []
  nc.subscribe(subject, { callback: (_, message) => void received.push(message.string()) })
  await nc.flush()
  return received
}

test('a question of the same process is answered without NATS, by reference, with its budget and request id', async () => {
  const [asker, answerer] = await twoNeighbours()
  const double = uniqueQuestion()
  const inputs: unknown[] = []
  const contexts: AnswerContext[] = []
  await answerer.answer(double, async (input, context) => {
    inputs.push(input)
    contexts.push(context)
    return { n: input.n * 2 }
  })
  await nats.server.kill('SIGKILL')
  await eventually(() => expect(asker.status()).toBe('disconnected'))
  const input = { n: 21 }
  expect(await asker.ask(double, input, { timeoutMs: 700.2, requestId: 'request-1' })).toEqual({ n: 42 })
  expect(inputs[0]).toBe(input)
  expect(contexts).toEqual([{ budgetMs: 701, requestId: 'request-1' }])
  await asker.ask(double, input)
  expect(contexts[1]).toEqual({ budgetMs: 1_500, requestId: expect.stringMatching(/^\w{22}$/) })
  await nats.server.restart()
})

test('the process that answers is preferred to other replicas; a process that does not, asks over NATS', async () => {
  const [asker, near] = await twoNeighbours()
  const [far, stranger] = await Promise.all([nats.bus(), nats.bus({ neighbours: new BusNeighbours() })])
  const double = uniqueQuestion()
  const answered = { near: 0, far: 0 }
  await near.answer(double, async ({ n }) => {
    answered.near += 1
    return { n }
  })
  await far.answer(double, async ({ n }) => {
    answered.far += 1
    return { n }
  })
  for (let n = 0; n < 20; n += 1) await asker.ask(double, { n })
  expect(answered).toEqual({ near: 20, far: 0 })
  await near.close()
  for (let n = 0; n < 5; n += 1) await stranger.ask(double, { n })
  expect(answered.far).toBe(5)
})

test('an asker continues before the answerer begins', async () => {
  const [asker, answerer] = await twoNeighbours()
  const double = uniqueQuestion()
  const order: string[] = []
  await answerer.answer(double, async ({ n }) => {
    order.push('answering')
    return { n }
  })
  const asked = asker.ask(double, { n: 1 })
  order.push('asked')
  await asked
  expect(order).toEqual(['asked', 'answering'])
})

test('input and output are checked as over NATS', async () => {
  const lines: string[] = []
  const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) })
  const neighbours = new BusNeighbours()
  const [asker, answerer] = await Promise.all([nats.bus({ neighbours }), nats.bus({ neighbours, log })])
  const double = uniqueQuestion()
  await answerer.answer(double, async ({ n }) => ({ n: n / 2 }))
  await expect(asker.ask(double, { n: 1.5 })).rejects.toThrow(ContractViolation)
  expect(lines).toEqual([])
  await expect(asker.ask(double, { n: 1 }, { requestId: 'request-2' })).rejects.toMatchObject({
    code: 'INTERNAL_ERROR'
  })
  expect(JSON.parse(lines.join(''))).toMatchObject({
    question: double.subject,
    request_id: 'request-2',
    msg: 'question failed'
  })
  expect(await asker.ask(double, { n: 2 })).toEqual({ n: 1 })
})

test('errors are those of an asker over NATS', async () => {
  class DatabaseAway extends Error {}
  const neighbours = new BusNeighbours()
  const [asker, answerer] = await Promise.all([
    nats.bus({ neighbours }),
    nats.bus({ neighbours, isTransient: (error) => error instanceof DatabaseAway })
  ])
  const failing = async (error: Error) => {
    const double = uniqueQuestion()
    await answerer.answer(double, async () => {
      throw error
    })
    return asker.ask(double, { n: 1 }).then(
      () => undefined,
      (failure: unknown) => failure
    )
  }
  const typed = Object.assign(new Error('User not found'), { code: 'USER_NOT_FOUND', statusCode: 404 })
  expect(await failing(typed)).toEqual(
    new RemoteError({ code: 'USER_NOT_FOUND', statusCode: 404, message: 'User not found' })
  )
  expect(await failing(typed)).not.toBe(typed)
  for (const error of [new DatabaseAway('secret'), new RetryLater('secret'), new BusUnavailable('secret')]) {
    const failure = await failing(error)
    expect(failure).toBeInstanceOf(BusUnavailable)
    expect(String(failure)).not.toContain('secret')
  }
  expect(await failing(new Error('password is hunter2'))).toMatchObject({
    name: 'RemoteError',
    code: 'INTERNAL_ERROR',
    statusCode: 500,
    message: 'Internal error'
  })
})

test('a question without an answer in time fails when its budget is used up', async () => {
  const [asker, answerer] = await twoNeighbours()
  const double = uniqueQuestion()
  await answerer.answer(double, () => new Promise(() => undefined))
  const started = performance.now()
  await expect(asker.ask(double, { n: 1 }, { timeoutMs: 150 })).rejects.toThrow(BusUnavailable)
  expect(performance.now() - started).toBeGreaterThanOrEqual(140)
  expect(asker.counters.askTimeouts).toBe(1)
  await expect(asker.ask(double, { n: 1 }, { timeoutMs: 0 })).rejects.toThrow(BusUnavailable)
})

test('what runs around the asker does not reach the answerer, and is there again after the answer', async () => {
  const [asker, answerer] = await twoNeighbours()
  const double = uniqueQuestion()
  const command = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  await answerer.answer(double, async ({ n }) => {
    seen.push(command.getStore())
    await Promise.resolve()
    seen.push(command.getStore())
    return { n }
  })
  await command.run('of the asker', async () => {
    await asker.ask(double, { n: 1 })
    expect(command.getStore()).toBe('of the asker')
  })
  expect(seen).toEqual([undefined, undefined])
})

test('closing answers the questions already taken; the next ones go to another replica', async () => {
  const [asker, answerer] = await twoNeighbours()
  const double = uniqueQuestion()
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  await answerer.answer(double, async ({ n }) => {
    entered.resolve()
    await release.promise
    return { n: n * 2 }
  })
  const replica = await nats.bus()
  await replica.answer(double, async ({ n }) => ({ n: n * 3 }))
  const asked = asker.ask(double, { n: 2 })
  await entered.promise
  let closed = false
  const closing = answerer.close().then(() => (closed = true))
  await eventually(async () => expect(await asker.ask(double, { n: 2 })).toEqual({ n: 6 }))
  expect(closed).toBe(false)
  release.resolve()
  expect(await asked).toEqual({ n: 4 })
  await closing
})

test('a live signal reaches each listener of its own process once, and those of others', async () => {
  const [publisher, listener] = await twoNeighbours()
  const other = await nats.bus({ neighbours: new BusNeighbours() })
  const subject = uniqueSubject()
  const near: unknown[] = []
  const byPattern: unknown[] = []
  const far: unknown[] = []
  listener.listenLive(subject, (payload) => near.push(payload))
  publisher.listenLive('belay.live.thread.*', (payload) => byPattern.push(payload))
  other.listenLive(subject, (payload) => far.push(payload))
  const { nc } = await nats.raw()
  const signals = Array.from({ length: 200 }, (_, n) => ({ n }))
  await eventually(async () => {
    nc.publish(subject, '"warm up"')
    await nc.flush()
    expect([near, byPattern, far].every(({ length }) => length > 0)).toBe(true)
  })
  for (const signal of signals) publisher.publishLive(subject, signal)
  publisher.publishLive(subject, 'last')
  nc.publish(subject, '"from elsewhere"')
  const isSignal = (payload: unknown) => payload !== 'warm up'
  const sorted = (payloads: unknown[]) => payloads.filter(isSignal)
  await eventually(() => {
    for (const received of [near, byPattern, far]) expect(sorted(received)).toContain('from elsewhere')
    expect(sorted(far)).toContain('last')
  })
  for (const received of [near, byPattern, far]) {
    expect(sorted(received).filter((payload) => payload !== 'from elsewhere')).toEqual([...signals, 'last'])
  }
  expect(sorted(near)[0]).toBe(signals[0])
})

test('a publisher is never re-entered, and what runs around it does not reach listeners', async () => {
  const [publisher, listener] = await twoNeighbours()
  const subject = uniqueSubject()
  const command = new AsyncLocalStorage<string>()
  const order: unknown[] = []
  listener.listenLive(subject, (payload) => order.push(payload, command.getStore()))
  command.run('of the publisher', () => {
    publisher.publishLive(subject, 1)
    publisher.publishLive(subject, 2)
    order.push('published')
  })
  await Promise.resolve()
  expect(order).toEqual(['published', 1, undefined, 2, undefined])
})

test('a failing listener disturbs neither the publisher nor another listener', async () => {
  const [publisher, listener] = await twoNeighbours()
  const subject = uniqueSubject()
  const received: unknown[] = []
  listener.listenLive(subject, () => {
    throw new Error('this listener is broken')
  })
  listener.listenLive(subject, async () => {
    throw new Error('so is this one')
  })
  publisher.listenLive(subject, (payload) => received.push(payload))
  publisher.publishLive(subject, 1)
  await Promise.resolve()
  expect(received).toEqual([1])
})

test('a listener that left, or whose bus is closed, gets nothing more', async () => {
  const [publisher, listener] = await twoNeighbours()
  const subject = uniqueSubject()
  const received: unknown[] = []
  const leave = listener.listenLive(subject, (payload) => received.push(payload))
  publisher.publishLive(subject, 1)
  await Promise.resolve()
  leave()
  publisher.publishLive(subject, 2)
  listener.listenLive(subject, (payload) => received.push(payload))
  await listener.close()
  publisher.publishLive(subject, 3)
  await Promise.resolve()
  expect(received).toEqual([1])
})

test('the only process keeps its live signals to itself, and publishes events that no stream keeps', async () => {
  const [publisher, listener] = await twoNeighbours({ only: true })
  const [signals, events] = [uniqueSubject(), `belay.evt.realtime.user.${randomUUID()}`]
  const overheard = [await overhear(signals), await overhear(events)]
  const received: unknown[] = []
  listener.listenLive(signals, (payload) => received.push(payload))
  publisher.publishLive(signals, { n: 1 })
  publisher.publishLive(events, { n: 2 })
  await eventually(() => expect(overheard).toEqual([[], ['{"n":2}']]))
  expect(received).toEqual([{ n: 1 }])
  const { nc } = await nats.raw()
  nc.publish(signals, '{"n":3}')
  await nc.flush()
  publisher.publishLive(signals, { n: 4 })
  await eventually(() => expect(received).toEqual([{ n: 1 }, { n: 4 }]))
})
