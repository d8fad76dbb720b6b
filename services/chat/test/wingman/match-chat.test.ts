import { randomUUID } from 'node:crypto'
import { applyEventIn, BuddySessionCompleted, BuddySessionScheduled, MatchCreated, MatchEnded } from '@belay/contracts'
import { systemRuntime } from '@belay/kit'
import { eventually, makePair, registerUser, useSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect, deliver } from '../support/people.ts'

const system = useSystem()

async function meet() {
  const { inviter: ana, invitee: ben } = await makePair(system)
  const bus = await connect(system)
  const match_id = systemRuntime.newId()
  const user_ids = [ana.id, ben.id]
  const created_at = new Date().toISOString()
  await deliver(bus, eventOf(MatchCreated, { match_id, user_ids, version: 1, actor_id: ana.id, created_at }))
  const send = (from: typeof ana, message: unknown) => from.api.post('/api/chat/send', { match_id, message })
  const read = (as: typeof ana, query = '') => as.api.get(`/api/chat/messages/${match_id}${query}`)
  return { ana, ben, bus, match_id, user_ids, send, read }
}

test('the two people of a match write to each other', async () => {
  const { ana, ben, match_id, send, read } = await meet()
  const sent = await send(ana, 'Hello there')
  expect([sent.status, sent.body]).toEqual([
    201,
    { success: true, message_id: expect.any(String), created_at: expect.any(String) }
  ])
  expect((await read(ben)).body).toEqual({
    messages: [
      {
        id: sent.body.message_id,
        match_id,
        sender_id: ana.id,
        message_text: 'Hello there',
        created_at: sent.body.created_at
      }
    ],
    has_more: false,
    next_cursor: null
  })
})

test('pages go back in time, each oldest first, without a gap', async () => {
  const { ana, ben, send, read } = await meet()
  for (const text of ['one', 'two', 'three']) {
    for (const from of [ana, ben]) expect((await eventually(() => sendInTime(from, text))).status).toBe(201)
  }
  async function sendInTime(from: typeof ana, text: string) {
    const answer = await send(from, text)
    expect(answer.status).not.toBe(429)
    return answer
  }
  const texts: string[][] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await read(ana, `?limit=4${cursor && `&cursor=${cursor}`}`)
    texts.push(body.messages.map((message: { message_text: string }) => message.message_text))
    expect(body.has_more).toBe(body.next_cursor !== null)
    cursor = body.next_cursor
  }
  expect(texts).toEqual([
    ['two', 'two', 'three', 'three'],
    ['one', 'one']
  ])
})

test('a third message within a second is refused', async () => {
  const { ana, send } = await meet()
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(ana, 'Hello')))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.headers['retry-after']).toBe('1')
})

test.each([
  ['a text of one character', 'x'],
  ['a text of more than 2,000', 'x'.repeat(2001)],
  ['a number', 12]
])('%s is refused', async (_, text) => {
  const { ana, send } = await meet()
  const answer = await send(ana, text)
  expect([answer.status, answer.body.code]).toEqual([422, 'VALIDATION_ERROR'])
})

test('a stranger can neither read nor write, and there is no unknown match', async () => {
  const { send, read } = await meet()
  const stranger = await registerUser(system)
  const unknown = randomUUID()
  const answers = [
    await read(stranger),
    await send(stranger, 'Hello'),
    await stranger.api.get(`/api/chat/messages/${unknown}`),
    await stranger.api.post('/api/chat/send', { match_id: unknown, message: 'Hello' })
  ]
  expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
    '403 NOT_A_PARTICIPANT',
    '403 NOT_A_PARTICIPANT',
    '404 MATCH_NOT_FOUND',
    '404 MATCH_NOT_FOUND'
  ])
})

test('the conversation stays readable when the match ends, and takes no more messages', async () => {
  const { ana, bus, match_id, user_ids, send, read } = await meet()
  await send(ana, 'Hello')
  await deliver(bus, eventOf(MatchEnded, { match_id, user_ids, version: 2, reason: 'unmatched' }))
  expect((await read(ana)).body.messages).toHaveLength(1)
  const answer = await send(ana, 'Are you there?')
  expect([answer.status, answer.body.code]).toEqual([400, 'THREAD_LOCKED'])
})

test('the conversation says when a session is scheduled and when it is completed', async () => {
  const { ana, ben, bus, match_id, user_ids, read } = await meet()
  const session = {
    session_id: randomUUID(),
    match_id,
    user_ids,
    venue_name: 'Café "Central" <b>',
    scheduled_time: '2099-06-01T18:30:00.000Z'
  }
  const ask = applyEventIn('chat', 'sessions')
  const scheduled = { ...session, status: 'scheduled' as const, version: 1, actor_id: ana.id }
  await bus.ask(ask, eventOf(BuddySessionScheduled, scheduled))
  const credits = user_ids.map((user_id) => ({ user_id, points: 10 }))
  const completed = {
    ...session,
    status: 'completed' as const,
    version: 3,
    completed_at: new Date().toISOString(),
    credits
  }
  await bus.ask(ask, eventOf(BuddySessionCompleted, completed))

  const { messages } = (await read(ben)).body
  expect(messages).toMatchObject([
    { sender_id: null, message_text: 'A session is scheduled at Café "Central" <b> on 2099-06-01 at 18:30 UTC.' },
    { sender_id: null, message_text: 'The session is completed.' }
  ])
})

test('what the system says counts as unread and as activity until it is read, and pages continue from it', async () => {
  const { ana, ben, bus, match_id, user_ids, send } = await meet()
  const log = `/api/v1/conversations/${match_id}/messages`
  const newest = async (as: typeof ana) => (await as.api.get('/api/v1/conversations')).body.data.conversations[0]
  await send(ana, 'Shall we?')
  const time = { scheduled_time: '2099-06-01T18:30:00.000Z', status: 'scheduled' as const, version: 1 }
  const session = { session_id: randomUUID(), match_id, user_ids, venue_name: 'Café', actor_id: ana.id }
  await bus.ask(applyEventIn('chat', 'sessions'), eventOf(BuddySessionScheduled, { ...session, ...time }))

  const before = await newest(ben)
  const { id, created_at } = before.last_message
  expect(before).toMatchObject({ unread_count: 2, last_activity: created_at, last_message: { sender_id: null } })
  const earlier = await ben.api.get(`${log}?cursor=${id}`)
  expect(earlier.body.data.messages).toMatchObject([{ content: 'Shall we?' }])

  expect((await ben.api.put(`/api/v1/messages/${id}/read`)).status).toBe(200)
  expect((await newest(ben)).unread_count).toBe(0)
  const shownTo = async (as: typeof ana) => (await as.api.get(log)).body.data.messages[1]
  expect(await shownTo(ben)).toMatchObject({ id, sender_id: null, receiver_id: null, is_read: true })
  expect(await shownTo(ana)).toMatchObject({ id, receiver_id: null, is_read: false })
  expect((await newest(ana)).unread_count).toBe(1)
})

test('a session whose event arrives before that of the match is said once the match has opened the conversation', async () => {
  const { inviter: ana, invitee: ben } = await makePair(system)
  const bus = await connect(system)
  const match_id = systemRuntime.newId()
  const user_ids = [ana.id, ben.id]
  const time = { scheduled_time: '2099-06-01T18:30:00.000Z', created_at: new Date().toISOString() }
  const scheduled = { match_id, user_ids, venue_name: 'Café', scheduled_time: time.scheduled_time, version: 1 }
  const session = { ...scheduled, session_id: randomUUID(), status: 'scheduled' as const, actor_id: ana.id }
  const early = bus.ask(applyEventIn('chat', 'sessions'), eventOf(BuddySessionScheduled, session))
  await expect(early).rejects.toBeInstanceOf(Error)

  await bus.publishFact(eventOf(BuddySessionScheduled, session))
  await deliver(bus, eventOf(MatchCreated, { ...scheduled, actor_id: ana.id, created_at: time.created_at }))
  await eventually(async () => {
    const { body } = await ben.api.get(`/api/chat/messages/${match_id}`)
    expect(body.messages).toMatchObject([{ sender_id: null, message_text: expect.stringContaining('Café') }])
  })
})
