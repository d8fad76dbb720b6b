import { randomUUID } from 'node:crypto'
import { defineQuestion } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { errors, headers } from '@nats-io/nats-core'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { type AnswerContext, BusUnavailable, ContractViolation, RemoteError, RetryLater } from '../src/index.ts'
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

/** An error as the services throw them: code, status and public words. */
class CodedError extends Error {
  readonly code: string
  readonly statusCode: number

  constructor(code: string, statusCode: number, message: string) {
    super(message)
    this.code = code
    this.statusCode = statusCode
  }
}

test('a question is answered, with its budget and request id carried along', async () => {
  const [asker, answerer] = await Promise.all([nats.bus(), nats.bus()])
  const double = uniqueQuestion()
  const contexts: AnswerContext[] = []
  await answerer.answer(double, async ({ n }, context) => {
    contexts.push(context)
    return { n: n * 2 }
  })
  expect(await asker.ask(double, { n: 21 }, { timeoutMs: 700, requestId: 'request-1' })).toEqual({ n: 42 })
  expect(contexts).toEqual([{ budgetMs: 700, requestId: 'request-1' }])
})

test('replicas share the questions, each is answered by one', async () => {
  const [asker, one, other] = await Promise.all([nats.bus(), nats.bus(), nats.bus()])
  const double = uniqueQuestion()
  const answered = { one: 0, other: 0 }
  await one.answer(double, async ({ n }) => {
    answered.one += 1
    return { n: n * 2 }
  })
  await other.answer(double, async ({ n }) => {
    answered.other += 1
    return { n: n * 2 }
  })
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => asker.ask(double, { n })))
  expect(answers.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n * 2))
  expect(answered.one + answered.other).toBe(100)
  expect(answered.one).toBeGreaterThan(10)
  expect(answered.other).toBeGreaterThan(10)
})

test('an error thrown on purpose arrives with its code, status and message', async () => {
  const bus = await nats.bus()
  const double = uniqueQuestion()
  await bus.answer(double, async () => {
    throw new CodedError('USER_NOT_FOUND', 404, 'User not found')
  })
  const failure = bus.ask(double, { n: 1 })
  await expect(failure).rejects.toThrow(RemoteError)
  await expect(failure).rejects.toMatchObject({ code: 'USER_NOT_FOUND', statusCode: 404, message: 'User not found' })
})

test.each([
  ['an unexpected error', () => new Error('password is hunter2')],
  ['an error with a code of some library', () => Object.assign(new Error('secret'), { code: '23505' })],
  ['a status that is none', () => new CodedError('ODD', 200, 'secret')]
])('%s stays inside: the asker learns only that it failed', async (_, makeError) => {
  const bus = await nats.bus()
  const double = uniqueQuestion()
  await bus.answer(double, async () => {
    throw makeError()
  })
  await expect(bus.ask(double, { n: 1 })).rejects.toMatchObject({
    name: 'RemoteError',
    code: 'INTERNAL_ERROR',
    statusCode: 500,
    message: 'Internal error'
  })
})

test('an answerer that cannot work now makes the question unavailable, not failed', async () => {
  class DatabaseAway extends Error {}
  const bus = await nats.bus({ isTransient: (error) => error instanceof DatabaseAway })
  for (const error of [new DatabaseAway('secret'), new RetryLater('secret'), new BusUnavailable('secret')]) {
    const double = uniqueQuestion()
    await bus.answer(double, async () => {
      throw error
    })
    const failure = bus.ask(double, { n: 1 })
    await expect(failure).rejects.toThrow(BusUnavailable)
    await expect(failure).rejects.not.toThrow('secret')
  }
})

test('a question without an answering process fails at once', async () => {
  const bus = await nats.bus()
  const started = performance.now()
  await expect(bus.ask(uniqueQuestion(), { n: 1 }, { timeoutMs: 5_000 })).rejects.toThrow(BusUnavailable)
  expect(performance.now() - started).toBeLessThan(2_000)
})

test('a question without an answer in time fails when its budget is used up', async () => {
  const bus = await nats.bus()
  const double = uniqueQuestion()
  await bus.answer(double, () => new Promise(() => undefined))
  const started = performance.now()
  await expect(bus.ask(double, { n: 1 }, { timeoutMs: 150 })).rejects.toThrow(BusUnavailable)
  expect(performance.now() - started).toBeGreaterThanOrEqual(140)
  expect(bus.counters.askTimeouts).toBe(1)
  await expect(bus.ask(double, { n: 1 }, { timeoutMs: 0 })).rejects.toThrow(BusUnavailable)
})

test('a question that waited for a process that stood still is left unanswered and never worked on', async () => {
  const answerer = await nats.bus()
  const { nc } = await nats.raw()
  const double = uniqueQuestion()
  let worked = 0
  await answerer.answer(double, async ({ n }) => {
    worked += 1
    return { n }
  })
  const head = headers()
  head.set('Belay-Budget', '100')
  const failed = nc.request(double.subject, '{"n":1}', { timeout: 600, headers: head }).catch((error: Error) => error)
  await Promise.resolve()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  expect(await failed).toBeInstanceOf(errors.TimeoutError)
  expect(answerer.counters.answersExpired).toBe(1)
  expect(worked).toBe(0)
})

test('input and output are checked at both ends', async () => {
  const bus = await nats.bus()
  const double = uniqueQuestion()
  await bus.answer(double, async ({ n }) => ({ n: n / 2 }))
  await expect(bus.ask(double, { n: 1.5 })).rejects.toThrow(ContractViolation)
  // 1 / 2 is no integer: the answerer refuses to send it.
  await expect(bus.ask(double, { n: 1 })).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
  expect(await bus.ask(double, { n: 2 })).toEqual({ n: 1 })
})

test('an answerer outlives malformed questions and an asker malformed answers', async () => {
  const bus = await nats.bus()
  const { nc } = await nats.raw()
  const double = uniqueQuestion()
  await bus.answer(double, async ({ n }) => ({ n: n * 2 }))
  for (const payload of ['not json', '{"n":"x"}', '']) {
    const reply = await nc.request(double.subject, payload)
    expect(reply.headers?.get('Belay-Error')).toBe('internal')
  }
  const odd = headers()
  odd.set('Belay-Budget', 'some')
  expect((await nc.request(double.subject, '{"n":1}', { timeout: 1_000, headers: odd })).json()).toEqual({ n: 2 })
  expect(await bus.ask(double, { n: 4 })).toEqual({ n: 8 })

  const broken = uniqueQuestion()
  const replies = ['not json', '{"n":"x"}']
  nc.subscribe(broken.subject, { callback: (_, message) => void message.respond(replies.shift() ?? '') })
  await nc.flush()
  await expect(bus.ask(broken, { n: 1 })).rejects.toThrow(ContractViolation)
  await expect(bus.ask(broken, { n: 1 })).rejects.toThrow(ContractViolation)
})

test('closing answers the questions already taken and takes no more', async () => {
  const [asker, answerer] = await Promise.all([nats.bus(), nats.bus()])
  const double = uniqueQuestion()
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  await answerer.answer(double, async ({ n }) => {
    entered.resolve()
    await release.promise
    return { n: n * 2 }
  })
  const asked = asker.ask(double, { n: 2 })
  await entered.promise
  const closed = answerer.close()
  await eventually(() => expect(asker.ask(double, { n: 3 }, { timeoutMs: 50 })).rejects.toThrow(BusUnavailable))
  release.resolve()
  expect(await asked).toEqual({ n: 4 })
  await closed
  expect(answerer.status()).toBe('disconnected')
})
