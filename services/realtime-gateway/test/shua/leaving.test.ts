import { type Answer, registerUser, type TestSocket, type TestUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { numbersFrom } from '../support/sockets.ts'
import {
  deliveredSeqs,
  isNewMessage,
  joinThread,
  newMessagesOf,
  openThreadSocket,
  settle
} from '../support/thread-socket.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off', SUBSCRIPTION_CHECK_MS: '60000' } })
/** Thirty pages of the log. */
const length = 1_500

const bodyOf = (answer: Answer, status: number) => {
  expect(answer).toMatchObject({ status })
  return answer.body
}

/** A group of a host and two guests with a long history. */
async function openLongGroup() {
  const host = await registerUser(system, { display_name: 'Hanna' })
  const event = { title: 'Tennis', starts_at: '2099-06-01T09:00:00.000Z', auto_accept: true }
  const { id } = bodyOf(await host.api.post('/events', event), 201)
  const book = async (display_name: string) => {
    const user = await registerUser(system, { display_name })
    const request = bodyOf(await user.api.post('/requests', { event_id: id, host_id: host.id }), 201)
    return { user, requestId: String(request.id), threadId: String(request.thread_id) }
  }
  const [leaver, stayer] = [await book('Lea'), await book('Stan')]
  const { threadId } = leaver
  await system.sql(
    `insert into chat.messages (thread_id, seq, id, kind, sender_id, body, created_at)
     select t.id, t.last_seq + n, gen_random_uuid(), 'user', $2, repeat('x', 200), now()
     from chat.threads t, generate_series(1, $3 - t.last_seq) n where t.id = $1`,
    [threadId, host.id, length]
  )
  await system.sql('update chat.threads set last_seq = $2 where id = $1', [threadId, length])
  const say = (body: string) => host.api.post(`/threads/${threadId}/messages`, { body })
  return { host, leaver, stayer, threadId, say }
}

const socketOf = (user: TestUser): Promise<TestSocket> => openThreadSocket(system, user)

/** The frames behind the first one that satisfies the predicate. */
const framesAfter = (socket: TestSocket, predicate: (frame: TestSocket['frames'][number]) => boolean) =>
  socket.frames.slice(socket.frames.findIndex(predicate) + 1)

test('leaving in the middle of a replay ends it: nothing of the thread follows left_thread', async () => {
  const { leaver, threadId } = await openLongGroup()
  for (const round of numbersFrom(1, 4)) {
    const socket = await socketOf(leaver.user)
    socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
    if (round % 2 === 0) await socket.next(isNewMessage(1))
    socket.send({ type: 'leave_thread', thread_id: threadId })
    await socket.next((frame) => frame['type'] === 'left_thread')
    await joinThread(await socketOf(leaver.user), threadId)
    for (const _ of numbersFrom(1, 5)) await settle(socket)
    const after = framesAfter(socket, (frame) => frame['type'] === 'left_thread')
    expect(after.filter((frame) => frame['type'] === 'new_message')).toEqual([])
    socket.close()
  }
})

test('leaving and joining again begins one replay: no message twice, none out of order', async () => {
  const { leaver, threadId } = await openLongGroup()
  const socket = await socketOf(leaver.user)
  socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
  await socket.next(isNewMessage(1))
  for (const _ of numbersFrom(1, 3)) {
    socket.send({ type: 'leave_thread', thread_id: threadId })
    socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
  }
  await socket.next(isNewMessage(length))
  await settle(socket)
  const lastJoin = socket.frames.findLastIndex((frame) => frame['type'] === 'joined_thread')
  const replayed = socket.frames.slice(lastJoin).filter((frame) => frame['type'] === 'new_message')
  expect(replayed.map((frame) => frame['message'].seq)).toEqual(numbersFrom(1, length))
})

test('a withdrawal in the middle of a replay ends it, and nothing written afterwards arrives', async () => {
  const { leaver, stayer, threadId, say } = await openLongGroup()
  const [socket, witness] = [await socketOf(leaver.user), await socketOf(stayer.user)]
  await joinThread(witness, threadId)
  const isEnd = (frame: TestSocket['frames'][number]) => frame['code'] === 'NOT_A_PARTICIPANT'
  socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
  await socket.next(isNewMessage(1))
  bodyOf(await leaver.user.api.delete(`/requests/${leaver.requestId}`), 204)
  await Promise.all(numbersFrom(1, 5).map((n) => say(`Without them ${n}`)))
  await socket.next(isEnd)
  await witness.next(isNewMessage(length + 6))
  for (const _ of numbersFrom(1, 5)) await settle(socket)
  expect(framesAfter(socket, isEnd).filter((frame) => frame['type'] === 'new_message')).toEqual([])
  expect(deliveredSeqs(socket).filter((seq) => seq > length)).toEqual([])
})

test('a message that overtakes the news of a removal waits for it', async () => {
  const { leaver, stayer, threadId, say } = await openLongGroup()
  const [socket, witness] = [await socketOf(leaver.user), await socketOf(stayer.user)]
  await joinThread(socket, threadId)
  await joinThread(witness, threadId)
  // A removal whose signal is lost, or comes last.
  await system.sql('delete from chat.members where thread_id = $1 and user_id = $2', [threadId, leaver.user.id])
  await system.sql('update chat.threads set members_version = members_version + 1 where id = $1', [threadId])
  bodyOf(await say('Without them'), 201)
  await witness.next(isNewMessage(length + 1))
  await socket.next((frame) => frame['code'] === 'NOT_A_PARTICIPANT')
  expect(newMessagesOf(socket)).toEqual([])
})
