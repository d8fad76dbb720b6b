import type { MessageType } from '@belay/contracts'
import { expect, test } from 'vitest'
import type { MessageLog } from '#src/messages/message-log.ts'
import { useLogs } from './logs.ts'

const { db, openLog, makeUser, makeThread, waitForLock } = await useLogs()

/** Two people with a conversation that nothing was written in for long. */
async function makeConversation() {
  const pair = await Promise.all([makeUser(), makeUser()])
  const [ana, ben] = pair
  const id = await makeThread('direct', 'matched', pair)
  const [user1_id, user2_id] = ana < ben ? [ana, ben] : [ben, ana]
  const created_at = new Date('2026-01-01T00:00:00Z')
  await db
    .insertInto('conversations')
    .values({ id, user1_id, user2_id, status: 'active', last_activity: created_at, created_at })
    .execute()
  const input = (
    body: string,
    more: { message_type?: MessageType; from_socket?: boolean; client_msg_id?: string } = {}
  ) => ({
    thread_id: id,
    sender_id: ana,
    body,
    client_msg_id: null,
    ...more
  })
  return { id, ana, ben, input }
}

type Input = Parameters<MessageLog['append']>[0]

/** Sends at the same time, over one replica after the other. */
async function sendAll(replicas: readonly MessageLog[], inputs: readonly Input[]) {
  const sends = inputs.map(async (input, index) => {
    const replica = replicas[index % replicas.length]
    if (replica === undefined) throw new Error('there is no replica')
    return replica.append(input)
  })
  return Promise.all(sends)
}

test('a message of a direct conversation has a type and a receiver, also when it is repeated', async () => {
  const { ana, ben, input } = await makeConversation()
  const photo = input('https://example.org/a.jpg', { message_type: 'image', client_msg_id: 'one' })
  const log = openLog()

  const first = await log.append(photo)
  const repeated = await log.append(photo)

  const message = { sender_id: ana, receiver_id: ben, message_type: 'image' }
  expect(first).toMatchObject({ ok: true, repeated: false, message })
  expect(repeated).toMatchObject({ ok: true, repeated: true, message })
})

test('a message of a direct conversation is text by default, and of any other thread has no type', async () => {
  const { ana, input } = await makeConversation()
  const sessionId = await makeThread('session', 'accepted', [ana])
  const log = openLog()

  expect(await log.append(input('hi'))).toMatchObject({ message: { message_type: 'text' } })
  const session = await log.append({ ...input('hi', { message_type: 'emoji' }), thread_id: sessionId })
  expect('message' in session && Object.keys(session.message)).not.toContain('message_type')
  expect('message' in session && Object.keys(session.message)).not.toContain('receiver_id')
})

test('a message moves the activity of its conversation', async () => {
  const { id, input } = await makeConversation()

  const sent = await openLog().append(input('hi'))

  const { last_activity } = await db
    .selectFrom('conversations')
    .select('last_activity')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  expect('message' in sent && sent.message.created_at).toBe(last_activity.toISOString())
})

test.each([
  ['unmatched', 'This conversation is archived'],
  ['blocked', 'This conversation is blocked']
])('a conversation that is %s takes no messages', async (context_status, detail) => {
  const { id, input } = await makeConversation()
  await db.updateTable('threads').set({ locked: true, context_status }).where('id', '=', id).execute()

  expect(await openLog().append(input('hi'))).toEqual({ ok: false, reason: 'thread_locked', detail })
})

test('direct messages count in a limit of their own, over all replicas and conversations', async () => {
  const { ana, input } = await makeConversation()
  const sessionId = await makeThread('session', 'accepted', [ana])
  const direct = { name: 'direct-messages', max: 5, windowSeconds: 3600 }
  const limits = { session: { name: 'messages', max: 1, windowSeconds: 3600 }, direct, socket: null }
  const replicas = [openLog(undefined, limits), openLog(undefined, limits)]

  const outcomes = await sendAll(
    replicas,
    Array.from({ length: 12 }, (_, n) => input(`message ${n}`, { from_socket: n % 3 === 0 }))
  )

  expect(outcomes.filter((outcome) => 'message' in outcome)).toHaveLength(5)
  expect(outcomes.find((outcome) => 'reason' in outcome)).toMatchObject({
    reason: 'rate_limited',
    detail: 'Rate limit exceeded: 5 per hour',
    retry_after_seconds: expect.any(Number)
  })
  const session = { ...input('elsewhere'), thread_id: sessionId }
  expect(await replicas[0]?.append(session)).toMatchObject({ ok: true })
})

test('sends over sockets are limited further, over all replicas; those over HTTP and in other threads are not', async () => {
  const { ana, input } = await makeConversation()
  const eventId = await makeThread('event', 'open', [ana])
  // Longer than the test may take, so that one window holds all sends.
  const socket = { name: 'socket-messages', max: 2, windowSeconds: 600 }
  const limits = { session: null, direct: null, socket }
  const replicas = [openLog(undefined, limits), openLog(undefined, limits)]
  const overSocket = Array.from({ length: 6 }, (_, n) => input(`message ${n}`, { from_socket: true }))

  const outcomes = await sendAll(replicas, overSocket)
  expect(outcomes.filter((outcome) => 'message' in outcome)).toHaveLength(2)
  expect(await replicas[0]?.append(input('over HTTP'))).toMatchObject({ ok: true })
  const group = overSocket.map((one) => ({ ...one, thread_id: eventId }))
  expect(await sendAll(replicas, group)).toMatchObject(group.map(() => ({ ok: true })))
})

test('a message that one limit refuses counts in none', async () => {
  const { ana, input } = await makeConversation()
  const limits = {
    session: null,
    direct: { name: 'direct-messages', max: 3, windowSeconds: 3600 },
    socket: { name: 'socket-messages', max: 1, windowSeconds: 3600 }
  }
  const log = openLog(undefined, limits)

  for (const body of ['one', 'two', 'three']) await log.append(input(body, { from_socket: true }))

  const used = await db.selectFrom('rate_limits').select(['limit_name', 'used']).where('subject', '=', ana).execute()
  expect(Object.fromEntries(used.map((row) => [row.limit_name, row.used]))).toEqual({
    'direct-messages': 1,
    'socket-messages': 1
  })
})

test('a message and a change of its conversation take turns', async () => {
  const { id, input } = await makeConversation()

  const sent = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('threads').select('id').where('id', '=', id).forUpdate().execute()
    const sending = openLog().append(input('hi'))
    await waitForLock()
    await trx.updateTable('conversations').set({ matched: true }).where('id', '=', id).execute()
    return { sending }
  })

  expect(await sent.sending).toMatchObject({ ok: true })
})
