import { logIn, makePlan, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSharedSystem()

test('sending returns 201 with the whole message', async () => {
  const { inviter, sessionId, messages } = await makePlan(system)

  const sent = await inviter.api.post(messages, { body: '  See you at 8am at the parking lot!  ' })

  expect(sent.status).toBe(201)
  expect(sent.body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    session: sessionId,
    sender: { id: inviter.id, display_name: inviter.display_name },
    body: 'See you at 8am at the parking lot!',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    seq: 1,
    client_msg_id: null
  })
})

test('both people may write while the invitation is pending', async () => {
  const { invitee, messages } = await makePlan(system)

  expect((await invitee.api.post(messages, { body: 'Let me think' })).status).toBe(201)
})

test('the same client_msg_id by the same sender returns the first message with 200', async () => {
  const { inviter, invitee, messages } = await makePlan(system)
  const first = await inviter.api.post(messages, { body: 'one', client_msg_id: 'a' })

  const again = await inviter.api.post(messages, { body: 'two', client_msg_id: 'a' })
  const other = await invitee.api.post(messages, { body: 'three', client_msg_id: 'a' })

  expect([again.status, again.body]).toEqual([200, first.body])
  expect([other.status, other.body.seq]).toEqual([201, 2])
})

test('twenty sends of one client_msg_id at the same instant store one message', async () => {
  const { inviter, messages } = await makePlan(system)

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => inviter.api.post(messages, { body: 'once', client_msg_id: 'same' }))
  )

  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
  expect((await inviter.api.get(messages)).body.count).toBe(1)
})

test.each([
  ['an empty text', { body: '' }],
  ['a blank text', { body: ' \n\t ' }],
  ['a text over 2,000 characters', { body: 'x'.repeat(2001) }],
  ['a number', { body: 5 }],
  ['a NUL', { body: 'a\u0000b' }],
  ['a lone surrogate', { body: '\ud800' }],
  ['nothing', {}],
  ['a client_msg_id over 64 characters', { body: 'x', client_msg_id: 'y'.repeat(65) }]
])('%s is refused with 400 and stores nothing', async (_what, body) => {
  const { inviter, messages } = await makePlan(system)

  const answer = await inviter.api.post(messages, body)

  expect(answer.status).toBe(400)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', detail: expect.any(String), status: 400 })
  expect((await inviter.api.get(messages)).body.count).toBe(0)
})

test('a length counts code points, and the text comes back unchanged', async () => {
  const { inviter, messages } = await makePlan(system)
  const body = '🧗'.repeat(2000)

  const sent = await inviter.api.post(messages, { body })

  expect([sent.status, sent.body.body]).toEqual([201, body])
})

test('a session of other people, an unknown and a malformed id are 404', async () => {
  const { inviter, messages } = await makePlan(system)
  const stranger = await registerUser(system)

  for (const answer of [
    await stranger.api.post(messages, { body: 'hi' }),
    await inviter.api.post('/api/sessions/0198a000-0000-7000-8000-000000000000/messages/', { body: 'hi' }),
    await inviter.api.post('/api/sessions/nonsense/messages/', { body: 'hi' })
  ]) {
    expect([answer.status, answer.body.detail]).toEqual([404, 'Session not found'])
  }
})

test.each([
  ['decline', 'declined', 'invitee'],
  ['cancel', 'cancelled', 'inviter']
] as const)('after %s messages are refused with the reason', async (move, status, who) => {
  const plan = await makePlan(system)
  await plan[who].api.post(`/api/sessions/${plan.sessionId}/${move}/`)

  const answer = await plan.inviter.api.post(plan.messages, { body: 'too late' })

  expect([answer.status, answer.body.detail]).toEqual([400, `Cannot send messages in a ${status} session`])
})

test('no message is stored after the cancellation that it races with', async () => {
  const { inviter, invitee, sessionId, messages } = await makePlan(system)

  const [cancelled, ...sent] = await Promise.all([
    inviter.api.post(`/api/sessions/${sessionId}/cancel/`, { reason: 'Rain' }),
    ...Array.from({ length: 20 }, () => invitee.api.post(messages, { body: 'still on?' }))
  ])

  expect(cancelled?.status).toBe(200)
  const { results } = (await invitee.api.get(messages)).body
  expect(results.at(-1).body).toBe('Cancelled: Rain')
  expect(results).toHaveLength(1 + sent.filter((answer) => answer.status === 201).length)
})

test('twenty sends with one Idempotency-Key at the same instant store one message and get one response', async () => {
  const { inviter, messages } = await makePlan(system)
  const headers = { 'idempotency-key': 'a-key' }

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => inviter.api.post(messages, { body: 'once' }, headers))
  )
  const reused = await inviter.api.post(messages, { body: 'another' }, headers)

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]))
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
  expect(answers.filter((answer) => answer.headers['idempotency-replayed'] !== 'true')).toHaveLength(1)
  expect((await inviter.api.get(messages)).body.count).toBe(1)
  expect([reused.status, reused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
})

test('a permanent refusal is kept under its Idempotency-Key', async () => {
  const { inviter, sessionId, messages } = await makePlan(system)
  const headers = { 'idempotency-key': 'a-key' }
  await inviter.api.post(`/api/sessions/${sessionId}/cancel/`)

  const refused = await inviter.api.post(messages, { body: 'too late' }, headers)
  const again = await inviter.api.post(messages, { body: 'too late' }, headers)

  expect([refused.status, again.status, again.body]).toEqual([400, 400, refused.body])
  expect(again.headers['idempotency-replayed']).toBe('true')
})

test('a disabled account gets 403 and an erased one 401, for messages in order and for others', async () => {
  const { inviter, invitee, messages } = await makePlan(system)
  const admin = await logIn(system, system.admin)
  const key = { 'idempotency-key': 'before' }
  expect((await inviter.api.post(messages, { body: 'first', client_msg_id: 'a' }, key)).status).toBe(201)

  await admin.api.patch(`/api/admin/users/${inviter.id}/`, { disabled: true })
  await invitee.api.delete('/api/users/me/', { password: invitee.password })

  for (const [sender, status] of [
    [inviter, 403],
    [invitee, 401]
  ] as const) {
    for (const body of [{ body: 'hi' }, { body: 'first', client_msg_id: 'a' }, { body: '' }]) {
      expect((await sender.api.post(messages, body)).status).toBe(status)
    }
  }
  expect((await inviter.api.post(messages, { body: 'first', client_msg_id: 'a' }, key)).status).toBe(403)
})
