import { randomUUID } from 'node:crypto'
import { MessageSent } from '@belay/contracts'
import {
  collectEvents,
  eventually,
  invite,
  makePair,
  makePlan,
  move,
  openSessionSocket,
  type Plan,
  type TestUser,
  useSharedSystem,
  eventOf
} from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'
import { send } from './support/send.ts'

const system = useSharedSystem()

/** A socket that was admitted. */
async function openLive(plan: Plan, person: TestUser) {
  const socket = await openSessionSocket(system, plan.sessionId, person.token)
  const mark = randomUUID()
  socket.send({ type: 'message', content: 'here', client_msg_id: mark })
  await socket.next((frame) => frame.client_msg_id === mark)
  return socket
}

/** Messages are processed in order: once this one has arrived, all earlier ones have had their effect. */
async function untilAllArrived(): Promise<void> {
  const plan = await makePlan(system)
  await send(plan.inviter, plan.sessionId, 'last')
  await arrived(plan.invitee, 'message_received')
}

const messageFrom = (sender: TestUser, recipient: TestUser, thread_id: string, body: string, seq = 1) =>
  eventOf(MessageSent, {
    message_id: randomUUID(),
    thread_id,
    context: 'session',
    context_id: thread_id,
    seq,
    kind: 'user',
    sender_id: sender.id,
    body,
    created_at: new Date().toISOString(),
    member_ids: [sender.id, recipient.id]
  })

test('a message notifies members without a live socket in its thread, never its sender', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await send(inviter, sessionId, 'Top rope at nine?')

  const item = await arrived(invitee, 'message_received')
  const { body } = await invitee.api.get(`/api/sessions/${sessionId}/messages/`)
  expect(item).toEqual({
    id: expect.any(String),
    type: 'message_received',
    title: `New message from ${inviter.display_name}`,
    message: 'Top rope at nine?',
    action_url: `/sessions/${sessionId}`,
    actor: { id: inviter.id, display_name: inviter.display_name, avatar: null },
    data: {
      thread_id: sessionId,
      context: 'session',
      context_id: sessionId,
      message_id: body.results[0].id,
      seq: 1,
      count: 1
    },
    is_read: false,
    created_at: expect.any(String),
    read_at: null
  })
  expect(await listInbox(inviter)).toEqual([])
})

test('several messages of a thread are one notification that counts them, until it is read', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  for (const body of ['one', 'two', 'three']) await send(inviter, sessionId, body)
  const grown = await arrived(invitee, 'message_received', ({ data }) => data.count === 3)
  expect(grown.message).toBe('three')
  expect(await listInbox(invitee, 'message_received')).toHaveLength(1)

  await invitee.api.post(`/api/notifications/${grown.id}/mark_read/`)
  await send(inviter, sessionId, 'four')
  const next = await arrived(invitee, 'message_received', ({ is_read }) => !is_read)
  expect(next).toMatchObject({ message: 'four', data: { count: 1 } })
  expect(next.id).not.toBe(grown.id)
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.notifications.notification.created.v1')
    const found = events.filter(({ data }) => data.user_id === invitee.id && data.type === 'message_received')
    expect(found.map(({ subject }) => subject)).toEqual([grown.id, next.id])
  })
})

test('the words are those of the latest message, whichever arrives first', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  const thread = randomUUID()
  for (const seq of [2, 1, 4, 3]) await bus.publishFact(messageFrom(inviter, invitee, thread, `number ${seq}`, seq))
  const item = await arrived(invitee, 'message_received', ({ data }) => data.count === 4)
  expect(item).toMatchObject({ message: 'number 4', data: { seq: 4 } })
})

test('threads do not collapse into each other', async () => {
  const plan = await makePlan(system)
  const other = await invite(plan, '2099-03-17')
  for (const sessionId of [plan.sessionId, other]) await send(plan.inviter, sessionId, 'hello')
  await eventually(async () => {
    const items = await listInbox(plan.invitee, 'message_received')
    expect(items).toHaveLength(2)
    expect(new Set(items.map(({ data }) => data.thread_id))).toEqual(new Set([plan.sessionId, other]))
  })
})

test('a live socket in the thread is enough; one in another thread, or a closed one, is not', async () => {
  const plan = await makePlan(system)
  const other = { ...plan, sessionId: await invite(plan, '2099-03-17') }
  const socket = await openLive(plan, plan.invitee)
  await send(plan.inviter, plan.sessionId, 'seen')
  await send(plan.inviter, other.sessionId, 'not seen')
  expect(await arrived(plan.invitee, 'message_received')).toMatchObject({ data: { thread_id: other.sessionId } })
  await untilAllArrived()
  expect(await listInbox(plan.invitee, 'message_received')).toHaveLength(1)

  socket.close()
  await socket.closed
  await eventually(async () => {
    await send(plan.inviter, plan.sessionId, 'anybody there?')
    await untilAllArrived()
    const threads = (await listInbox(plan.invitee, 'message_received')).map(({ data }) => data.thread_id)
    expect(threads).toContain(plan.sessionId)
  })
})

test('of two sockets the last one to close counts', async () => {
  const plan = await makePlan(system)
  const [one, other] = await Promise.all([openLive(plan, plan.invitee), openLive(plan, plan.invitee)])
  await untilAllArrived()
  one.close()
  await one.closed
  await send(plan.inviter, plan.sessionId, 'still there?')
  await other.next((frame) => frame.content === 'still there?')
  await untilAllArrived()
  expect(await listInbox(plan.invitee, 'message_received')).toEqual([])
})

test('a person live in another thread sees the notification arrive and grow', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan, plan.invitee)
  const other = await invite(plan, '2099-03-17')
  await send(plan.inviter, other, 'one')
  const first = await socket.next((frame) => frame.notification?.data.count === 1)
  await send(plan.inviter, other, 'two')
  const second = await socket.next((frame) => frame.notification?.data.count === 2)
  expect(second.notification.id).toBe(first.notification.id)
  expect(second.notification).toEqual((await listInbox(plan.invitee, 'message_received'))[0])
})

test('closing words are a message like others', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'decline', { message: 'Sprained my ankle' })
  expect(await arrived(inviter, 'message_received')).toMatchObject({ message: 'Sprained my ankle' })
  expect(await listInbox(inviter, 'session_declined')).toHaveLength(1)
})

test('long words are cut between characters, not within', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await send(inviter, sessionId, '🧗'.repeat(141))
  expect((await arrived(invitee, 'message_received')).message).toBe(`${'🧗'.repeat(139)}…`)
})

test('a message that arrives after a block, made by either of the two, notifies no one', async () => {
  const bus = await connect(system)
  const pairs = await Promise.all([makePair(system), makePair(system)])
  const [one, two] = pairs
  await one.inviter.api.post(`/api/v1/users/${one.invitee.id}/block`)
  await two.invitee.api.post(`/api/v1/users/${two.inviter.id}/block`)
  for (const { inviter, invitee } of pairs) {
    await bus.publishFact(messageFrom(inviter, invitee, randomUUID(), 'before it'))
    await bus.publishFact(messageFrom(invitee, inviter, randomUUID(), 'before it'))
  }
  await untilAllArrived()
  for (const person of [one.inviter, one.invitee, two.inviter, two.invitee]) expect(await listInbox(person)).toEqual([])

  await one.inviter.api.delete(`/api/v1/users/${one.invitee.id}/block`)
  await bus.publishFact(messageFrom(one.inviter, one.invitee, randomUUID(), 'after it'))
  expect(await arrived(one.invitee, 'message_received')).toMatchObject({ message: 'after it' })
})

test('a message that arrives after its recipient was erased leaves nothing behind', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  await invitee.api.delete('/api/users/me/', { password: invitee.password })
  await bus.publishFact(messageFrom(inviter, invitee, randomUUID(), 'too late'))
  await untilAllArrived()
  expect(await system.sql('select id from notifications.notifications where user_id = $1', [invitee.id])).toEqual([])
})

test('system messages notify no one', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  const message = messageFrom(inviter, invitee, randomUUID(), 'Welcome')
  await bus.publishFact({ ...message, data: { ...message.data, kind: 'system', sender_id: null } })
  await untilAllArrived()
  expect([await listInbox(inviter), await listInbox(invitee)]).toEqual([[], []])
})
