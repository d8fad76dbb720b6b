import { createApi, eventually, logIn, makePlan, registerUser, useSystem } from '@belay/testing'
import { afterEach, expect, test } from 'vitest'

const system = useSystem({ ownProcesses: ['chat', 'sessions', 'notifications'] })
const frozen = new Set<number>()

/** Holds a process still: it is alive and answers nothing. */
function freeze(service: 'chat' | 'sessions' | 'notifications'): void {
  const { pid } = system.process(service)
  if (pid === undefined) throw new Error(`${service} does not run`)
  frozen.add(pid)
  process.kill(pid, 'SIGSTOP')
}

function thaw(): void {
  for (const pid of frozen) process.kill(pid, 'SIGCONT')
  frozen.clear()
}

afterEach(thaw)

const notYet = { status: 503, body: { code: 'NOT_YET_EFFECTIVE' }, headers: { 'retry-after': '1' } }

test('a cancellation is no 2xx while the chat is frozen, and then the same call confirms it', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const cancel = `/api/sessions/${sessionId}/cancel/`
  freeze('chat')

  expect(await inviter.api.post(cancel, { reason: 'Rain' })).toMatchObject(notYet)
  thaw()

  const cancelled = await inviter.api.post(cancel, { reason: 'Rain' })
  expect(cancelled).toMatchObject({ status: 200, body: { id: sessionId, status: 'cancelled' } })
  const sent = await invitee.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'Still on?' })
  expect(sent.status).toBe(400)
}, 60_000)

test('a block waits for what follows from it: the cancelled sessions, and their chats', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const block = `/api/v1/users/${invitee.id}/block`
  freeze('chat')

  expect((await inviter.api.post(block, { reason: 'spam' })).status).toBe(503)
  thaw()

  expect((await inviter.api.post(block, { reason: 'spam' })).status).toBe(200)
  const sent = await invitee.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'Hello?' })
  expect(sent.status).toBe(400)
}, 60_000)

test('an account that a service does not know yet is registered by the same call again, and by nothing else', async () => {
  const api = createApi(system.url)
  const account = { email: 'waits@example.org', password: 'correct horse', display_name: 'Waits' }
  freeze('sessions')

  expect(await api.post('/auth/register', account)).toMatchObject(notYet)
  expect((await api.post('/auth/login', account)).status).toBe(503)
  thaw()

  expect((await api.post('/auth/register', { ...account, password: 'another one' })).status).toBe(409)
  const registered = await api.post('/auth/register', account)
  expect(registered).toMatchObject({ status: 201, body: { display_name: 'Waits' } })
  const own = createApi(system.url, registered.body.access_token)
  expect((await own.get('/api/sessions/')).status).toBe(200)
  expect((await api.post('/auth/register', account)).status).toBe(409)
  expect((await logIn(system, account)).id).toBe(registered.body.user_id)
}, 60_000)

test('with an Idempotency-Key the answer is the first one’s as well, and the change happened once', async () => {
  const { invitee, sessionId } = await makePlan(system)
  const headers = { 'idempotency-key': 'accept-once' }
  freeze('chat')
  expect((await invitee.api.post(`/api/sessions/${sessionId}/accept/`, undefined, headers)).status).toBe(503)
  thaw()

  const again = await invitee.api.post(`/api/sessions/${sessionId}/accept/`, undefined, headers)

  expect(again).toMatchObject({
    status: 200,
    body: { status: 'accepted' },
    headers: { 'idempotency-replayed': 'true' }
  })
}, 60_000)

test('a service that only informs people fails no command', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  freeze('notifications')

  expect((await invitee.api.post(`/api/sessions/${sessionId}/accept/`)).status).toBe(200)
  thaw()

  await eventually(async () => {
    const { body } = await inviter.api.get('/api/notifications/?type=session_accepted')
    expect(body.count).toBe(1)
  })
}, 60_000)

test('an erasure that is not in effect everywhere can be repeated, and says so once it is', async () => {
  const person = await registerUser(system)
  const { password } = person
  freeze('sessions')
  expect((await person.api.delete('/api/users/me/', { password })).status).toBe(503)
  expect((await person.api.get('/api/users/me/')).status).toBe(401)
  thaw()

  expect((await person.api.delete('/api/users/me/', { password })).status).toBe(202)
  expect((await person.api.delete('/api/users/me/', { password })).status).toBe(401)
  expect((await person.api.get('/api/sessions/')).status).toBe(401)
}, 60_000)

test('a person who was disabled while a service was frozen is refused everywhere once the call succeeds', async () => {
  const person = await registerUser(system)
  const admin = await logIn(system, system.admin)
  freeze('sessions')
  expect((await admin.api.patch(`/api/admin/users/${person.id}/`, { disabled: true })).status).toBe(503)
  thaw()

  expect((await admin.api.patch(`/api/admin/users/${person.id}/`, { disabled: true })).status).toBe(200)
  for (const path of ['/api/sessions/', '/threads', '/api/notifications/', '/api/users/me/']) {
    expect([path, (await person.api.get(path)).status]).toEqual([path, 403])
  }
}, 60_000)
