import { randomUUID } from 'node:crypto'
import {
  type EventOf,
  MatchCreated,
  MessageRequestAccepted,
  MessageRequestCancelled,
  MessageRequestDeclined,
  MessageRequestSent,
  MessageSent
} from '@belay/contracts'
import { eventually, registerUser, type TestUser, useSharedSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'

const system = useSharedSystem()

async function makePair() {
  const [sender, receiver] = await Promise.all([
    registerUser(system, { display_name: 'Sven' }),
    registerUser(system, { display_name: 'Rita' })
  ])
  const request = {
    request_id: randomUUID(),
    conversation_id: randomUUID(),
    sender_id: sender.id,
    receiver_id: receiver.id
  }
  return { sender, receiver, request, bus: await connect(system) }
}

const matchOf = (actor: TestUser, other: TestUser) =>
  eventOf(MatchCreated, {
    match_id: randomUUID(),
    user_ids: [actor.id, other.id],
    actor_id: actor.id,
    version: 1,
    created_at: new Date().toISOString()
  })

/** Resolves when the service has applied the event. */
const applied = ({ id }: EventOf<typeof MessageRequestSent> | EventOf<typeof MatchCreated>) =>
  eventually(async () => {
    const rows = await system.sql('select 1 from notifications.inbox where event_id = $1', [id])
    expect(rows).toHaveLength(1)
  })

test('a message request notifies its receiver, and its sender not', async () => {
  const { sender, receiver, request, bus } = await makePair()
  await bus.publishFact(eventOf(MessageRequestSent, request))
  expect(await arrived(receiver, 'message_request_received')).toMatchObject({
    title: 'New message request',
    message: 'Sven would like to chat with you',
    action_url: `/message-requests/${request.request_id}`,
    actor: { id: sender.id, display_name: 'Sven' },
    data: { request_id: request.request_id },
    is_read: false
  })
  expect(await listInbox(sender)).toEqual([])
})

test('accepting a message request notifies its sender, and reads it for its receiver', async () => {
  const { sender, receiver, request, bus } = await makePair()
  await bus.publishFact(eventOf(MessageRequestSent, request))
  await arrived(receiver, 'message_request_received')
  await bus.publishFact(eventOf(MessageRequestAccepted, request))
  expect(await arrived(sender, 'message_request_accepted')).toMatchObject({
    title: 'Message request accepted',
    message: 'Rita accepted your message request',
    action_url: `/conversations/${request.conversation_id}`,
    actor: { id: receiver.id },
    data: { request_id: request.request_id, conversation_id: request.conversation_id },
    is_read: false
  })
  expect(await listInbox(receiver)).toMatchObject([{ type: 'message_request_received', is_read: true }])
})

test.each([
  ['declined', MessageRequestDeclined],
  ['cancelled', MessageRequestCancelled]
])('a %s message request notifies neither of the two, and is read for its receiver', async (_outcome, definition) => {
  const { sender, receiver, request, bus } = await makePair()
  await bus.publishFact(eventOf(MessageRequestSent, request))
  await arrived(receiver, 'message_request_received')
  await bus.publishFact(eventOf(definition, request))
  await arrived(receiver, 'message_request_received', (item) => item.is_read)
  expect(await listInbox(receiver)).toHaveLength(1)
  expect(await listInbox(sender)).toEqual([])
})

test('a message request whose answer arrives before it is read when it comes', async () => {
  const { receiver, request, bus } = await makePair()
  const declined = eventOf(MessageRequestDeclined, request)
  await bus.publishFact(declined)
  await applied(declined)
  await bus.publishFact(eventOf(MessageRequestSent, request))
  expect(await arrived(receiver, 'message_request_received')).toMatchObject({ is_read: true })
})

test('an answer reads its own message request and no other', async () => {
  const { receiver, request, bus } = await makePair()
  const other = { ...request, request_id: randomUUID(), conversation_id: randomUUID() }
  for (const one of [request, other]) await bus.publishFact(eventOf(MessageRequestSent, one))
  await eventually(async () => expect(await listInbox(receiver)).toHaveLength(2))
  await bus.publishFact(eventOf(MessageRequestDeclined, request))
  await arrived(receiver, 'message_request_received', (item) => item.is_read)
  const unread = (await listInbox(receiver)).filter((item) => !item.is_read)
  expect(unread).toMatchObject([{ data: { request_id: other.request_id } }])
})

test('a match notifies the person who did not make it', async () => {
  const { sender, receiver, bus } = await makePair()
  const match = matchOf(sender, receiver)
  await bus.publishFact(match)
  const { match_id } = match.data
  expect(await arrived(receiver, 'match_created')).toMatchObject({
    title: 'New match',
    message: 'You and Sven matched',
    action_url: `/conversations/${match_id}`,
    actor: { id: sender.id },
    data: { match_id, conversation_id: match_id }
  })
  expect(await listInbox(sender)).toEqual([])
})

test('neither a message request, its acceptance nor a match notifies across a block', async () => {
  const { sender, receiver, request, bus } = await makePair()
  await receiver.api.post(`/api/v1/users/${sender.id}/block`)
  const events = [
    eventOf(MessageRequestSent, request),
    eventOf(MessageRequestAccepted, request),
    matchOf(receiver, sender)
  ]
  for (const event of events) await bus.publishFact(event)
  for (const event of events) await applied(event)
  expect(await listInbox(sender)).toEqual([])
  expect(await listInbox(receiver)).toEqual([])
})

test('a block reads the message request between the two', async () => {
  const { sender, receiver, request, bus } = await makePair()
  await bus.publishFact(eventOf(MessageRequestSent, request))
  await arrived(receiver, 'message_request_received')
  await sender.api.post(`/api/v1/users/${receiver.id}/block`)
  await arrived(receiver, 'message_request_received', (item) => item.is_read)
})

test('an erased person is notified of neither a message request nor a match', async () => {
  const { sender, receiver, request, bus } = await makePair()
  const erased = await receiver.api.delete('/api/users/me/', { password: receiver.password })
  expect(erased).toMatchObject({ status: 202 })
  const events = [eventOf(MessageRequestSent, request), matchOf(sender, receiver)]
  for (const event of events) await bus.publishFact(event)
  for (const event of events) await applied(event)
  const stored = 'select 1 from notifications.notifications where user_id = $1'
  expect(await system.sql(stored, [receiver.id])).toEqual([])
})

/** The nth message of the conversation that the request asks for. */
function messageOf(
  { conversation_id, sender_id, receiver_id }: EventOf<typeof MessageRequestSent>['data'],
  seq: number
) {
  return {
    message_id: randomUUID(),
    thread_id: conversation_id,
    context: 'direct' as const,
    context_id: conversation_id,
    seq,
    kind: 'user' as const,
    sender_id,
    body: `number ${seq}`,
    created_at: new Date().toISOString(),
    member_ids: [sender_id, receiver_id]
  }
}

test('unread messages of a direct conversation are one notification, which opens the conversation', async () => {
  const { receiver, request, bus } = await makePair()
  for (const seq of [1, 2]) await bus.publishFact(eventOf(MessageSent, messageOf(request, seq)))
  expect(await arrived(receiver, 'message_received', ({ data }) => data.count === 2)).toMatchObject({
    title: 'New message from Sven',
    message: 'number 2',
    action_url: `/conversations/${request.conversation_id}`,
    data: { context: 'direct', thread_id: request.conversation_id }
  })
  expect(await listInbox(receiver)).toHaveLength(1)
})

test('an image is announced as a photo, and its URL is not shown', async () => {
  const { receiver, request, bus } = await makePair()
  const image = { body: 'https://example.org/a.jpg', message_type: 'image' as const }
  await bus.publishFact(eventOf(MessageSent, { ...messageOf(request, 1), ...image }))
  const { title, message } = await arrived(receiver, 'message_received')
  expect([title, message]).toEqual(['New message from Sven', 'Photo'])
})
