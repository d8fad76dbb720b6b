import { eventually, type Frame, makePlan, openSocket, type Plan, type TestSocket, useSystem } from '@belay/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { isMessage, numbersFrom, seqsOf } from './support/sockets.ts'
import { deliveredSeqs, isNewMessage, joinThread, openThreadSocket } from './support/thread-socket.ts'

const system = useSystem({
  env: { RATE_LIMITS: 'off', SUBSCRIPTION_CHECK_MS: '300', CONTINUITY_CHECK_MS: '200' }
})

const isReset = (frame: Frame) => frame['type'] === 'reset'
const logFrames = (socket: TestSocket) =>
  socket.frames
    .filter((frame) => ['reset', 'message', 'new_message'].includes(frame['type']))
    .map((frame) => (isReset(frame) ? 'reset' : (frame['seq'] ?? frame['message'].seq)))

const say = async (plan: Plan, count: number) => {
  for (const n of numbersFrom(1, count)) {
    expect((await plan.inviter.api.post(`${plan.path}messages/`, { body: `message ${n}` })).status).toBe(201)
  }
}

const openSession = (plan: Plan, query: Record<string, string>): Promise<TestSocket> => {
  const search = new URLSearchParams({ token: plan.invitee.token, ...query }).toString()
  return openSocket(`${system.url.replace(/^http/, 'ws')}/ws/sessions/${plan.sessionId}/?${search}`)
}

async function join(plan: Plan, resume: { after_seq?: number; epoch?: string }): Promise<TestSocket> {
  const socket = await openThreadSocket(system, plan.invitee)
  socket.send({ type: 'join_thread', thread_id: plan.sessionId, ...resume })
  await socket.next((frame) => frame['type'] === 'joined_thread')
  return socket
}

const epochOf = async (plan: Plan): Promise<string> => (await plan.inviter.api.get(plan.path)).body.epoch

/** Sets a thread back to what a backup held. */
async function restore({ sessionId }: Plan, lastSeq: number): Promise<void> {
  await system.sql('delete from chat.messages where thread_id = $1 and seq > $2', [sessionId, lastSeq])
  await system.sql('update chat.threads set last_seq = $2 where id = $1', [sessionId, lastSeq])
}

const beginEpoch = () => system.sql('update chat.continuity set epoch = gen_random_uuid()')

describe('a place in the log', () => {
  let plan: Plan
  beforeAll(async () => {
    plan = await makePlan(system)
    await say(plan, 3)
  })

  test('comes with the epoch that the session, the thread and the join show alike', async () => {
    const epoch = await epochOf(plan)
    expect(epoch).toEqual(expect.stringMatching(/^\S{8,64}$/))
    const details = await plan.invitee.api.get(`/threads/${plan.sessionId}/details`)
    expect(details.body.thread.epoch).toBe(epoch)
    const socket = await openThreadSocket(system, plan.invitee)
    expect(await joinThread(socket, plan.sessionId)).toMatchObject({ last_seq: 3, epoch })
  })

  test('is continued in its own epoch, and from the very end', async () => {
    const epoch = await epochOf(plan)
    const session = await openSession(plan, { after_seq: '1', epoch })
    await session.next(isMessage(3))
    const thread = await join(plan, { after_seq: 1, epoch })
    await thread.next(isNewMessage(3))
    const end = await join(plan, { after_seq: 3, epoch })
    await joinThread(end, plan.sessionId, 3)
    for (const socket of [session, thread]) expect(logFrames(socket)).toEqual([2, 3])
    expect(logFrames(end)).toEqual([])
  })

  test.each([
    ['of another epoch', { after_seq: 1, epoch: 'an-epoch-of-old' }],
    ['beyond the end', { after_seq: 1_000 }],
    ['far beyond the end', { after_seq: 900_000_000_000_000 }]
  ])('%s is reset before anything live', async (_name, resume: { after_seq: number; epoch?: string }) => {
    const reset = { type: 'reset', thread_id: plan.sessionId, epoch: await epochOf(plan) }
    const query = {
      after_seq: String(resume.after_seq),
      ...(resume.epoch === undefined ? {} : { epoch: resume.epoch })
    }
    const sockets = await Promise.all([join(plan, resume), openSession(plan, query)])
    for (const socket of sockets) {
      const { last_seq, ...frame } = await socket.next(isReset)
      expect(frame).toEqual(reset)
      await say(plan, 1)
      await socket.next((each) => isMessage(last_seq + 1)(each) || isNewMessage(last_seq + 1)(each))
      expect(logFrames(socket).slice(0, 2)).toEqual(['reset', last_seq + 1])
    }
  })

  test('that cannot be continued is reset also where the thread was joined before', async () => {
    const socket = await join(plan, {})
    const joined = () => socket.frames.filter((frame) => frame['type'] === 'joined_thread').length
    socket.send({ type: 'join_thread', thread_id: plan.sessionId, after_seq: 1, epoch: 'an-epoch-of-old' })
    await socket.next(() => joined() === 2)
    await socket.next(isReset)
    socket.send({ type: 'join_thread', thread_id: plan.sessionId, after_seq: 900_000 })
    await socket.next(() => socket.frames.filter(isReset).length === 2)
    expect(socket.frames.map((frame) => frame['type'])).toEqual([
      'joined_thread',
      ...['joined_thread', 'reset'],
      ...['joined_thread', 'reset']
    ])
  })
})

test('sockets that were open over a restore are reset, and then get every new message', async () => {
  const plan = await makePlan(system)
  await say(plan, 10)
  const session = await openSession(plan, { after_seq: '8' })
  const thread = await join(plan, { after_seq: 8 })
  await session.next(isMessage(10))
  await thread.next(isNewMessage(10))

  await restore(plan, 4)

  for (const socket of [session, thread]) expect(await socket.next(isReset)).toMatchObject({ last_seq: 4 })
  await say(plan, 2)
  await session.next(isMessage(6))
  await thread.next(isNewMessage(6))
  for (const socket of [session, thread]) expect(logFrames(socket)).toEqual([9, 10, 'reset', 5, 6])
})

test('a log that was restored and has grown past the old place is reset before any of its messages', async () => {
  const plan = await makePlan(system)
  await say(plan, 6)
  const [session, thread] = [await openSession(plan, { after_seq: '6' }), await join(plan, { after_seq: 6 })]
  const before = await epochOf(plan)

  await restore(plan, 2)
  await beginEpoch()
  await say(plan, 8)

  for (const socket of [session, thread]) {
    const { epoch, last_seq } = await socket.next(isReset)
    expect(epoch).not.toBe(before)
    await eventually(() => expect(logFrames(socket)).toEqual(['reset', ...numbersFrom(last_seq + 1, 10)]))
  }
  const late = await join(plan, { after_seq: 6, epoch: before })
  expect(await late.next(isReset)).toMatchObject({ last_seq: 10 })
})

test('a server with another timeline or identifier begins another epoch by itself', async () => {
  const plan = await makePlan(system)
  await say(plan, 1)
  const socket = await join(plan, {})
  for (const change of ['timeline = timeline + 1', "system_identifier = '1'"]) {
    const before = await epochOf(plan)
    await system.sql(`update chat.continuity set ${change}`)
    await socket.next((frame) => isReset(frame) && frame['epoch'] !== before)
    await eventually(async () => expect(await epochOf(plan)).not.toBe(before))
  }
  expect(system.logs.text()).toContain('a new epoch of all threads begins')
  await say(plan, 1)
  await socket.next(isNewMessage(2))
  expect(deliveredSeqs(socket)).toEqual([2])
  expect(seqsOf(socket)).toEqual([])
})
