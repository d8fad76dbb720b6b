import { eventually, makePlan, openSessionSocket, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { openJoined } from '../support/sockets.ts'

const system = useSystem({ env: { TYPING_LASTS_MS: '1000' }, replicas: { 'realtime-gateway': 2 } })

const isTyping = (is_typing: boolean) => (frame: { [name: string]: unknown }) =>
  frame['type'] === 'typing' && frame['is_typing'] === is_typing

test('typing goes to the other person only, not to the typist’s own sockets', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const [phone, laptop, other] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])

  phone.send({ type: 'typing', is_typing: true })
  phone.send({ type: 'typing', is_typing: false })

  expect(await other.next(isTyping(true))).toEqual({
    type: 'typing',
    sender_id: inviter.id,
    sender_name: inviter.display_name,
    is_typing: true
  })
  await other.next(isTyping(false))
  phone.send({ type: 'message', content: 'done' })
  for (const own of [phone, laptop]) {
    await own.next((frame) => frame['type'] === 'message')
    expect(own.frames.filter((frame) => frame['type'] === 'typing')).toEqual([])
  }
})

test('typing ends by itself', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const typist = await openJoined(system, sessionId, inviter.token)
  const other = await openJoined(system, sessionId, invitee.token)
  typist.send({ type: 'typing', is_typing: true })
  await other.next(isTyping(true))
  expect(await other.next(isTyping(false))).toMatchObject({ sender_id: inviter.id, sender_name: inviter.display_name })
})

test('typing ends when the typist’s connection breaks', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const typist = await openJoined(system, sessionId, inviter.token)
  const other = await openJoined(system, sessionId, invitee.token)
  typist.send({ type: 'typing', is_typing: true })
  await other.next(isTyping(true))
  typist.terminate()
  expect(await other.next(isTyping(false), { withinMs: 900 })).toMatchObject({ sender_id: inviter.id })
})

test('a hundred typing frames at once are limited without a word', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const typist = await openJoined(system, sessionId, inviter.token)
  const other = await openJoined(system, sessionId, invitee.token)
  for (let n = 0; n < 100; n += 1) typist.send({ type: 'typing', is_typing: true })
  typist.send({ type: 'message', content: 'done' })
  await other.next((frame) => frame['type'] === 'message')
  await typist.next((frame) => frame['type'] === 'message')
  expect(other.frames.filter(isTyping(true)).length).toBeLessThanOrEqual(20)
  expect(typist.frames.filter((frame) => frame['type'] === 'error')).toHaveLength(1)
})

test('status changes and read marks arrive on both people’s sockets', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const sockets = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])
  await inviter.api.post(`${path}messages/`, { body: 'hello' })

  await invitee.api.post(`${path}mark-read/`, {})
  await invitee.api.post(`${path}accept/`, {})
  await inviter.api.post(`${path}cancel/`, { reason: 'rain' })

  for (const socket of sockets) {
    expect(await socket.next((frame) => frame['type'] === 'read')).toEqual({
      type: 'read',
      user_id: invitee.id,
      last_read_seq: 1
    })
    for (const status of ['accepted', 'cancelled']) {
      expect(await socket.next((frame) => frame['type'] === 'session' && frame['status'] === status)).toEqual({
        type: 'session',
        session_id: sessionId,
        status,
        updated_at: expect.stringMatching(/Z$/)
      })
    }
    expect(await socket.next((frame) => frame['type'] === 'message' && frame['seq'] === 2)).toMatchObject({
      content: 'Cancelled: rain',
      sender_id: inviter.id
    })
  }
})

test('a new notification arrives on every socket of its person, and on no other person’s', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const [first, second, others] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])
  await invitee.api.post(`${path}accept/`, {})
  for (const socket of [first, second]) {
    const { notification } = await socket.next((frame) => frame['type'] === 'notification')
    expect(notification).toMatchObject({ type: 'session_accepted', actor: { id: invitee.id }, is_read: false })
  }
  await others.next((frame) => frame['type'] === 'session')
  expect(others.frames.filter((frame) => frame['type'] === 'notification')).toEqual([])
})

test('a person with a live socket in the session is not notified of its messages; after it closed they are', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const socket = await openJoined(system, sessionId, invitee.token)
  const ofMessages = async () => (await invitee.api.get('/api/notifications/?type=message_received')).body.count
  await inviter.api.post(`${path}messages/`, { body: 'you see this' })
  await socket.next((frame) => frame['type'] === 'message')
  socket.close()
  await socket.closed
  await eventually(async () => {
    await inviter.api.post(`${path}messages/`, { body: 'you do not see this' })
    expect(await ofMessages()).toBeGreaterThan(0)
  })
})

test('nothing of one session reaches another’s sockets', async () => {
  const [one, two] = await Promise.all([makePlan(system), makePlan(system)])
  const stranger = await registerUser(system)
  await openSessionSocket(system, one.sessionId, stranger.token)
  const socket = await openJoined(system, two.sessionId, two.inviter.token)
  await one.inviter.api.post(`${one.path}messages/`, { body: 'for one' })
  await two.inviter.api.post(`${two.path}messages/`, { body: 'for two' })
  await socket.next((frame) => frame['content'] === 'for two')
  expect(socket.frames.filter((frame) => frame['type'] === 'message')).toHaveLength(1)
})
