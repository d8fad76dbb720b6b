import { randomUUID } from 'node:crypto'
import {
  applyEventIn,
  MessageSent,
  RequestSubmitted,
  SessionAccepted,
  SessionInvited,
  ThreadMemberLeft,
  ThreadRead,
  UserBlocked,
  UserUnblocked
} from '@belay/contracts'
import {
  eventually,
  makePair,
  makePlan,
  move,
  registerUser,
  type TestUser,
  useSharedSystem,
  eventOf
} from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'
import { send } from './support/send.ts'

const system = useSharedSystem()

const unreadOf = async (owner: TestUser, type: string) => (await listInbox(owner, type)).filter((item) => !item.is_read)

/** Resolves when everything of this type in the inbox is read. */
const allRead = (owner: TestUser, type: string) =>
  eventually(async () => {
    expect(await listInbox(owner, type)).not.toEqual([])
    expect(await unreadOf(owner, type)).toEqual([])
  })

const messageTo = (sender: TestUser, recipient: TestUser, thread_id: string, seq: number) =>
  eventOf(MessageSent, {
    message_id: randomUUID(),
    thread_id,
    context: 'session',
    context_id: thread_id,
    seq,
    kind: 'user',
    sender_id: sender.id,
    body: `number ${seq}`,
    created_at: new Date().toISOString(),
    member_ids: [sender.id, recipient.id]
  })

/** Puts one more message into an inbox; messages are processed in order, so all earlier ones have had their effect. */
async function untilAllArrived(): Promise<void> {
  const plan = await makePlan(system)
  await send(plan.inviter, plan.sessionId, 'last')
  await arrived(plan.invitee, 'message_received')
}

const sessionData = (inviter: TestUser, invitee: TestUser, session_id: string, status: 'pending' | 'accepted') => ({
  session_id,
  inviter_id: inviter.id,
  invitee_id: invitee.id,
  status,
  proposed_date: '2099-03-16',
  crag: '',
  actor_id: inviter.id,
  version: status === 'pending' ? 1 : 2,
  created_at: new Date().toISOString(),
  updated_at: new Date().toISOString()
})

test('reading a thread reads its message notification', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await send(inviter, sessionId, 'one')
  await arrived(invitee, 'message_received')
  await invitee.api.post(`/api/sessions/${sessionId}/mark-read/`)
  await allRead(invitee, 'message_received')
})

test('a notification stays unread until its latest message is read, and other threads stay as they are', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  const [thread, other] = [randomUUID(), randomUUID()]
  for (const seq of [1, 2]) await bus.publishFact(messageTo(inviter, invitee, thread, seq))
  await bus.publishFact(messageTo(inviter, invitee, other, 1))
  await arrived(invitee, 'message_received', ({ data }) => data.count === 2)
  await arrived(invitee, 'message_received', ({ data }) => data.thread_id === other)

  const read = (last_read_seq: number) =>
    bus.publishFact(eventOf(ThreadRead, { thread_id: thread, user_id: invitee.id, last_read_seq }))
  await read(1)
  await read(2)
  await eventually(async () => expect(await unreadOf(invitee, 'message_received')).toHaveLength(1))
  const items = await listInbox(invitee, 'message_received')
  const [first] = items.filter(({ data }) => data.thread_id === thread)
  await read(1)
  await untilAllArrived()
  expect((await listInbox(invitee, 'message_received')).find(({ id }) => id === first?.id)).toEqual(first)
  expect(await unreadOf(invitee, 'message_received')).toMatchObject([{ data: { thread_id: other } }])
})

test('a message that was read before its notification came causes none; a later one does', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  const thread = randomUUID()
  await bus.publishFact(eventOf(ThreadRead, { thread_id: thread, user_id: invitee.id, last_read_seq: 2 }))
  await eventually(async () => {
    const marks = await system.sql('select 1 from notifications.read_marks where thread_id = $1', [thread])
    expect(marks).toHaveLength(1)
  })
  for (const seq of [1, 2, 3]) await bus.publishFact(messageTo(inviter, invitee, thread, seq))
  const item = await arrived(invitee, 'message_received')
  expect(item).toMatchObject({ message: 'number 3', is_read: false, data: { count: 1 } })
})

test('leaving a conversation reads its message notification', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  const thread = randomUUID()
  await bus.publishFact(messageTo(inviter, invitee, thread, 4))
  await arrived(invitee, 'message_received')
  await bus.publishFact(eventOf(ThreadMemberLeft, { thread_id: thread, user_id: invitee.id, last_seq: 4 }))
  await allRead(invitee, 'message_received')
})

test.each(['accept', 'decline'])('the answer to an invitation (%s) reads it', async (answer) => {
  const { invitee, sessionId } = await makePlan(system)
  expect(await unreadOf(invitee, 'session_invited')).toHaveLength(1)
  await move(invitee, sessionId, answer)
  await allRead(invitee, 'session_invited')
})

test('cancelling an invitation reads it', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(inviter, sessionId, 'cancel')
  await allRead(invitee, 'session_invited')
  expect(await unreadOf(invitee, 'session_cancelled')).toHaveLength(1)
})

test('a block reads what the two had asked each other', async () => {
  const { inviter, invitee } = await makePlan(system)
  const { host, guest } = await makeRequest(inviter, invitee)
  await guest.api.post(`/api/v1/users/${host.id}/block`)
  await allRead(invitee, 'session_invited')
  await allRead(host, 'event_request_received')
})

test('giving feedback reads the request for it, and only one’s own', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'accept')
  await move(inviter, sessionId, 'complete')
  const ratings = { safety_rating: 5, communication_rating: 5, overall_rating: 5 }
  expect((await inviter.api.post(`/api/sessions/${sessionId}/feedback/`, ratings)).status).toBe(201)
  await allRead(inviter, 'feedback_requested')
  expect(await unreadOf(invitee, 'feedback_requested')).toHaveLength(1)
})

test('a block that arrives after it was lifted reads nothing', async () => {
  const { inviter, invitee } = await makePlan(system)
  const pair = { blocker_id: inviter.id, blocked_id: invitee.id }
  const bus = await connect(system)
  await bus.ask(applyEventIn('notifications', 'people'), eventOf(UserUnblocked, { ...pair, version: 3 }))
  await bus.ask(applyEventIn('notifications', 'people'), eventOf(UserBlocked, { ...pair, version: 2 }))
  expect(await unreadOf(invitee, 'session_invited')).toHaveLength(1)
})

test('an answer that arrives before the invitation reads it', async () => {
  const bus = await connect(system)
  const { inviter, invitee } = await makePair(system)
  const sessionId = randomUUID()
  await bus.publishFact(eventOf(SessionAccepted, sessionData(inviter, invitee, sessionId, 'accepted')))
  await arrived(inviter, 'session_accepted')
  await bus.publishFact(eventOf(SessionInvited, sessionData(inviter, invitee, sessionId, 'pending')))
  expect(await arrived(invitee, 'session_invited')).toMatchObject({ is_read: true, read_at: expect.any(String) })
})

/** A guest asks to join an event. */
async function makeRequest(host: TestUser, guest: TestUser, overrides: object = {}) {
  const event = { title: 'Tennis', starts_at: '2099-06-01T09:00:00.000Z', ...overrides }
  const eventId: string = (await host.api.post('/events', event)).body.id
  const { body } = await guest.api.post('/requests', { event_id: eventId, host_id: host.id })
  return { host, guest, eventId, requestId: String(body.id) }
}

test.each(['accept', 'decline'])('the answer to a request to join (%s) reads it', async (action) => {
  const [host, guest] = await Promise.all([registerUser(system), registerUser(system)])
  const { requestId } = await makeRequest(host, guest)
  expect(await unreadOf(host, 'event_request_received')).toHaveLength(1)
  await host.api.post(`/requests/${requestId}/act`, { action })
  await allRead(host, 'event_request_received')
})

test('withdrawing a request to join reads it, and so does cancelling its event', async () => {
  const [host, guest] = await Promise.all([registerUser(system), registerUser(system)])
  const { requestId } = await makeRequest(host, guest)
  await guest.api.delete(`/requests/${requestId}`)
  await allRead(host, 'event_request_received')

  const { eventId } = await makeRequest(host, guest)
  expect(await unreadOf(host, 'event_request_received')).toHaveLength(1)
  await host.api.delete(`/events/${eventId}`)
  await allRead(host, 'event_request_received')
  await (
    await connect(system)
  ).publishFact(
    eventOf(RequestSubmitted, {
      request_id: randomUUID(),
      event_id: eventId,
      event_title: 'Tennis',
      thread_id: randomUUID(),
      host_id: host.id,
      guest_id: guest.id,
      version: 1
    })
  )
  await eventually(async () => expect(await listInbox(host, 'event_request_received')).toHaveLength(3))
  expect(await unreadOf(host, 'event_request_received')).toEqual([])
})

test('an automatic acceptance leaves the request unread for the host', async () => {
  const [host, guest] = await Promise.all([registerUser(system), registerUser(system)])
  const { requestId } = await makeRequest(host, guest, { auto_accept: true })
  expect(await unreadOf(host, 'event_request_received')).toHaveLength(1)
  await guest.api.delete(`/requests/${requestId}`)
  await allRead(host, 'event_request_received')
})
