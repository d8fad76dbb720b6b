import { makePlan, registerUser, useSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { isMessage, numbersFrom, openJoined } from '../support/sockets.ts'
import {
  deliveredSeqs,
  isNewMessage,
  joinThread,
  newMessagesOf,
  openThreadSocket,
  settle
} from '../support/thread-socket.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off' } })
const unknownId = '01900000-0000-7000-8000-000000000000'

const say = async (plan: Awaited<ReturnType<typeof makePlan>>, count: number) => {
  for (const n of numbersFrom(1, count)) await plan.inviter.api.post(`${plan.path}messages/`, { body: `message ${n}` })
}

test('a session’s members join its thread here too, and get what its own socket gets', async () => {
  const plan = await makePlan(system)
  const socket = await openThreadSocket(system, plan.invitee)
  expect(await joinThread(socket, plan.sessionId)).toEqual({
    type: 'joined_thread',
    thread_id: plan.sessionId,
    last_seq: 0,
    epoch: expect.any(String)
  })
  const session = await openJoined(system, plan.sessionId, plan.inviter.token)
  session.send({ type: 'typing', is_typing: true })
  session.send({ type: 'message', content: 'Hello 🧗', client_msg_id: 'one' })
  const echo = await session.next(isMessage(1))
  expect(await socket.next(isNewMessage(1))).toEqual({
    type: 'new_message',
    thread_id: plan.sessionId,
    message: {
      id: echo['message_id'],
      thread_id: plan.sessionId,
      sender_id: plan.inviter.id,
      kind: 'user',
      body: 'Hello 🧗',
      created_at: echo['created_at'],
      seq: 1,
      client_msg_id: 'one'
    }
  })
  expect(new Set(socket.frames.map((frame) => frame['type']))).toEqual(new Set(['joined_thread', 'new_message']))
})

test('with after_seq: the answer, then what was missed in order, then live, without a gap or a double', async () => {
  const plan = await makePlan(system)
  await say(plan, 120)
  const socket = await openThreadSocket(system, plan.invitee)
  const speaking = say(plan, 20)
  await joinThread(socket, plan.sessionId, 30)
  await speaking
  await socket.next(isNewMessage(140))
  // Until it has joined, the person may be notified of what they miss.
  expect(socket.frames.find((frame) => frame['type'] !== 'notification')).toMatchObject({ type: 'joined_thread' })
  expect(deliveredSeqs(socket)).toEqual(numbersFrom(31, 140))
})

describe('joining twice', () => {
  test('at once: both are answered, and every message comes once', async () => {
    const plan = await makePlan(system)
    await say(plan, 5)
    const socket = await openThreadSocket(system, plan.invitee)
    const join = { type: 'join_thread', thread_id: plan.sessionId }
    for (const frame of [join, { ...join, after_seq: 3 }, { ...join, after_seq: 2 }]) socket.send(frame)
    await socket.next(() => deliveredSeqs(socket).length === 3)
    await say(plan, 1)
    await socket.next(isNewMessage(6))
    expect(deliveredSeqs(socket)).toEqual([3, 4, 5, 6])
    expect(socket.frames.filter((frame) => frame['type'] === 'joined_thread')).toHaveLength(3)
  })

  test('later, with after_seq: only what this socket did not get is replayed', async () => {
    const plan = await makePlan(system)
    await say(plan, 70)
    const socket = await openThreadSocket(system, plan.invitee)
    await joinThread(socket, plan.sessionId)
    await say(plan, 2)
    await socket.next(isNewMessage(72))
    expect(await joinThread(socket, plan.sessionId, 70)).toMatchObject({ last_seq: 72 })
    expect(await joinThread(socket, plan.sessionId, 5)).toMatchObject({ last_seq: 72 })
    await joinThread(socket, plan.sessionId, 3)
    await say(plan, 1)
    await socket.next(isNewMessage(73))
    await socket.next(isNewMessage(4))
    expect(deliveredSeqs(socket).toSorted((a, b) => a - b)).toEqual(numbersFrom(4, 73))
  })
})

test('after leave_thread nothing more of it comes; leaving what was not joined is harmless', async () => {
  const [one, two] = await Promise.all([makePlan(system), makePlan(system)])
  const socket = await openThreadSocket(system, one.invitee)
  const other = await openThreadSocket(system, one.invitee)
  await joinThread(socket, one.sessionId)
  await joinThread(other, one.sessionId)
  for (const id of [one.sessionId, two.sessionId, 'anything']) socket.send({ type: 'leave_thread', thread_id: id })
  await socket.next((frame) => frame['thread_id'] === 'anything')
  await say(one, 1)
  await other.next(isNewMessage(1))
  await settle(socket)
  expect(newMessagesOf(socket)).toEqual([])
  expect(socket.frames.slice(1, 3)).toEqual([
    { type: 'left_thread', thread_id: one.sessionId },
    { type: 'left_thread', thread_id: two.sessionId }
  ])
  await joinThread(socket, one.sessionId, 0)
  await socket.next(isNewMessage(1))
})

test('leaving while joining wins', async () => {
  const plan = await makePlan(system)
  const socket = await openThreadSocket(system, plan.invitee)
  await settle(socket)
  // No service replies, so that the join is under way when the leave comes.
  await system.nats.kill('SIGSTOP')
  socket.send({ type: 'join_thread', thread_id: plan.sessionId })
  socket.send({ type: 'leave_thread', thread_id: plan.sessionId })
  await socket.next((frame) => frame['thread_id'] === plan.sessionId)
  await system.nats.kill('SIGCONT')
  const witness = await openThreadSocket(system, plan.inviter)
  await joinThread(witness, plan.sessionId)
  await say(plan, 1)
  await witness.next(isNewMessage(1))
  await settle(socket)
  expect(socket.frames.filter((frame) => frame['thread_id'] === plan.sessionId)).toEqual([
    { type: 'left_thread', thread_id: plan.sessionId }
  ])
})

describe('what cannot be joined gets an error frame, and the socket stays open', () => {
  test('unknown threads, malformed ids and threads of others', async () => {
    const [plan, stranger] = await Promise.all([makePlan(system), registerUser(system)])
    const socket = await openThreadSocket(system, stranger)
    const refusals = [
      [unknownId, 'THREAD_NOT_FOUND', 'Thread not found'],
      ['nonsense', 'THREAD_NOT_FOUND', 'Thread not found'],
      [plan.sessionId, 'NOT_A_PARTICIPANT', 'Access denied - you are not a participant in this thread']
    ] as const
    for (const [thread_id, code, detail] of refusals) {
      socket.send({ type: 'join_thread', thread_id })
      const error = await socket.next((frame) => frame['thread_id'] === thread_id)
      expect(error).toEqual({ type: 'error', code, detail, thread_id })
    }
    await say(plan, 1)
    await settle(socket)
    expect(newMessagesOf(socket)).toEqual([])
  })

  test.each([
    ['text that is not JSON', 'hello'],
    ['an array', '[]'],
    ['no type', {}],
    ['an unknown type', { type: 'message', content: 'hi' }],
    ['no thread', { type: 'join_thread' }],
    ['a thread that is a number', { type: 'join_thread', thread_id: 5 }],
    ['an id that is too long', { type: 'join_thread', thread_id: 'x'.repeat(65) }],
    ['a negative after_seq', { type: 'join_thread', thread_id: unknownId, after_seq: -1 }],
    ['a text as after_seq', { type: 'join_thread', thread_id: unknownId, after_seq: '5' }],
    ['a binary frame', Buffer.from('{"type":"leave_thread","thread_id":"x"}')]
  ])('a bad frame: %s', async (_name, frame) => {
    const socket = await openThreadSocket(system, await registerUser(system))
    socket.send(frame)
    await settle(socket)
    expect(socket.frames).toHaveLength(2)
    expect(socket.frames[0]).toMatchObject({ type: 'error', code: 'VALIDATION_ERROR', detail: expect.any(String) })
  })
})

test('the joins of one socket are bounded, and each refused one gets an error', async () => {
  const socket = await openThreadSocket(system, await registerUser(system))
  await settle(socket)
  const before = socket.frames.length
  // No service replies, so that all of them are under way at once.
  await system.nats.kill('SIGSTOP')
  for (const n of numbersFrom(1, 1_500)) {
    socket.send({ type: 'join_thread', thread_id: `01900000-0000-7000-8000-${String(n).padStart(12, '0')}` })
  }
  await socket.next((frame) => frame['code'] === 'TOO_MANY_THREADS', { withinMs: 20_000 })
  await system.nats.kill('SIGCONT')
  await socket.next(() => socket.frames.length === before + 1_500, { withinMs: 20_000 })
})

test('notifications come on this socket too', async () => {
  const plan = await makePlan(system)
  const socket = await openThreadSocket(system, plan.inviter)
  await settle(socket)
  await plan.invitee.api.post(`${plan.path}accept/`)
  const { notification } = await socket.next((frame) => frame['type'] === 'notification')
  expect(notification).toMatchObject({ type: 'session_accepted', actor: { id: plan.invitee.id } })
})
