import { type Answer, registerUser, type TestUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { replica } from '../support/sockets.ts'
import { isNewMessage, joinThread, newMessagesOf, openThreadSocket, settle } from '../support/thread-socket.ts'

const system = useSystem({ replicas: { 'realtime-gateway': 2 } })

const bodyOf = (answer: Answer, status: number) => {
  expect(answer).toMatchObject({ status })
  return answer.body
}

async function openGroup(guestCount: number) {
  const host = await registerUser(system, { display_name: 'Hanna' })
  const event = { title: 'Tennis', starts_at: '2099-06-01T09:00:00.000Z', auto_accept: true }
  const { id } = bodyOf(await host.api.post('/events', event), 201)
  const guests: { user: TestUser; requestId: string }[] = []
  let threadId = ''
  for (let n = 1; n <= guestCount; n += 1) {
    const user = await registerUser(system, { display_name: `Guest ${n}` })
    const request = bodyOf(await user.api.post('/requests', { event_id: id, host_id: host.id }), 201)
    guests.push({ user, requestId: request.id })
    threadId = request.thread_id
  }
  return { host, guests, eventId: id, threadId }
}

test('a message reaches every joined socket of every member on every replica as the REST message, the sender’s too', async () => {
  const { host, guests, threadId } = await openGroup(2)
  const people = [host, ...guests.map((guest) => guest.user)]
  const sockets = await Promise.all(
    people.flatMap((person) => [0, 1].map((index) => openThreadSocket(replica(system, index), person)))
  )
  for (const socket of sockets) await joinThread(socket, threadId, 0)
  const sent = bodyOf(await host.api.post(`/threads/${threadId}/messages`, { body: 'Hi', client_msg_id: 'one' }), 201)
  for (const socket of sockets) {
    const { message } = await socket.next(isNewMessage(sent.seq))
    expect(message).toEqual(sent)
    const [first] = newMessagesOf(socket)
    expect(first).toMatchObject({
      message: { seq: 1, kind: 'system', sender_id: null, body: 'Welcome to the Tennis event chat!' }
    })
  }
  const read = bodyOf(await host.api.get(`/threads/${threadId}/messages`), 200)
  expect(newMessagesOf(sockets[0] ?? expect.fail()).map((frame) => frame['message'])).toEqual(read)
})

test('who withdraws gets nothing more from that instant; the socket stays open for other threads', async () => {
  const [group, other] = [await openGroup(2), await openGroup(1)]
  const [leaver, stayer] = group.guests
  if (leaver === undefined || stayer === undefined) throw new Error('no guests')
  const request = { event_id: other.eventId, host_id: other.host.id }
  bodyOf(await leaver.user.api.post('/requests', request), 201)
  const sockets = await Promise.all([0, 1].map((index) => openThreadSocket(replica(system, index), leaver.user)))
  const witness = await openThreadSocket(system, stayer.user)
  for (const socket of [...sockets, witness]) await joinThread(socket, group.threadId)
  for (const socket of sockets) await joinThread(socket, other.threadId)

  bodyOf(await leaver.user.api.delete(`/requests/${leaver.requestId}`), 204)
  await group.host.api.post(`/threads/${group.threadId}/messages`, { body: 'Without them' })
  await other.host.api.post(`/threads/${other.threadId}/messages`, { body: 'With them' })

  await witness.next((frame) => frame['message']?.body === 'Guest 1 has left the event.')
  await witness.next((frame) => frame['message']?.body === 'Without them')
  for (const socket of sockets) {
    await socket.next((frame) => frame['message']?.body === 'With them')
    expect(await socket.next((frame) => frame['type'] === 'error')).toEqual({
      type: 'error',
      code: 'NOT_A_PARTICIPANT',
      detail: 'Access denied - you are not a participant in this thread',
      thread_id: group.threadId
    })
    socket.send({ type: 'join_thread', thread_id: group.threadId, after_seq: 0 })
    await socket.next(() => socket.frames.filter((frame) => frame['code'] === 'NOT_A_PARTICIPANT').length === 2)
    await settle(socket)
    expect(newMessagesOf(socket).filter((frame) => frame['thread_id'] === group.threadId)).toEqual([])
  }
})
