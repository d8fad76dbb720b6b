import { collectEvents, eventually, invitation, makePlan, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { expectNothingLost, startConversation } from './lib/conversation.ts'

const system = useSystem({
  replicas: { chat: 2, sessions: 2, 'realtime-gateway': 2, people: 2, notifications: 2 },
  // Nothing may depend on two hosts agreeing about the time.
  clockAheadMs: (_, index) => index * 600_000,
  env: { LIMIT_MESSAGES_PER_HOUR: '100000' }
})

test('twenty concurrent senders over two replicas of everything leave a gapless conversation', async () => {
  const conversation = await startConversation(system, 40)

  await conversation.finished
  await expectNothingLost(system, conversation)
}, 60_000)

test('of twenty identical invitations at the same instant exactly one is sent', async () => {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  const body = await invitation(inviter, invitee)

  const answers = await Promise.all(Array.from({ length: 20 }, () => inviter.api.post('/api/sessions/', body)))

  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
  const details = new Set(answers.filter((answer) => answer.status !== 201).map((answer) => answer.body.detail))
  expect([...details]).toEqual(['You already have a pending invitation with this user for this date'])
})

test('the invitation limit is one count over all replicas', async () => {
  const inviter = await registerUser(system)
  const invitees = await Promise.all(Array.from({ length: 14 }, () => registerUser(system)))
  const bodies = await Promise.all(invitees.map((invitee) => invitation(inviter, invitee)))

  const answers = await Promise.all(bodies.map((body) => inviter.api.post('/api/sessions/', body)))

  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(10)
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(4)
})

test('of accept, decline and cancel at the same instant the outcome is one that some order could have', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { inviter, invitee, sessionId } = await makePlan(system)
    const path = `/api/sessions/${sessionId}`

    const [accept, decline, cancel] = await Promise.all([
      invitee.api.post(`${path}/accept/`),
      invitee.api.post(`${path}/decline/`),
      inviter.api.post(`${path}/cancel/`)
    ])

    const won = { accept: accept.status === 200, decline: decline.status === 200, cancel: cancel.status === 200 }
    expect(won.accept && won.decline).toBe(false)
    expect(won.decline && won.cancel).toBe(false)
    const { status } = (await inviter.api.get(`${path}/`)).body
    expect(status).toBe(won.decline ? 'declined' : won.cancel ? 'cancelled' : 'accepted')
    const expected = Object.values(won).filter(Boolean).length
    await eventually(async () => {
      const events = await collectEvents(system, 'belay.evt.sessions.session.>')
      const moves = events.filter((event) => event.subject === sessionId && !event.type.includes('invited'))
      expect(moves).toHaveLength(expected)
    })
  }
}, 60_000)

test('after a 2xx the next call to any service already obeys it, on every replica', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { inviter, invitee, sessionId } = await makePlan(system)
    const messages = `/api/sessions/${sessionId}/messages/`
    expect((await inviter.api.post(messages, { body: 'first' })).status).toBe(201)
    expect((await invitee.api.get('/api/notifications/unread_count/')).body.count).toBeGreaterThan(0)
    expect((await invitee.api.post(`/api/sessions/${sessionId}/decline/`)).status).toBe(200)
    expect((await inviter.api.post(messages, { body: 'too late' })).status).toBe(400)
  }
})

test('after a block the pair’s open session is cancelled and neither can invite the other', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const other = await invitation(inviter, invitee, '2027-04-01')

  expect((await invitee.api.post(`/api/v1/users/${inviter.id}/block`, {})).status).toBe(200)

  expect((await inviter.api.get(`/api/sessions/${sessionId}/`)).body.status).toBe('cancelled')
  const invited = await inviter.api.post('/api/sessions/', other)
  expect([invited.status, invited.body.detail]).toEqual([404, 'Invitee not found'])
  const written = await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'hello?' })
  expect(written.status).toBe(400)
})

test('no question counts as late between hosts whose clocks differ by ten minutes', async () => {
  // Either replica may be asked: a deadline by the clock would fail about half of these.
  for (let round = 0; round < 5; round += 1) {
    const { inviter, invitee, sessionId } = await makePlan(system)
    expect((await invitee.api.post(`/api/sessions/${sessionId}/accept/`)).status).toBe(200)
    expect((await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'on time' })).status).toBe(201)
  }
})
