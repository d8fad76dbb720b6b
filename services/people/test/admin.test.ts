import { randomUUID } from 'node:crypto'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { cookieOf } from './support/cookies.ts'
import { register, usePeople } from './support/people.ts'
import { listenToSignals } from './support/signals.ts'

const credentials = { email: 'root@example.org', password: 'root of all things' }
const people = usePeople({ env: { ADMIN_EMAIL: credentials.email, ADMIN_PASSWORD: credentials.password } })

async function admin() {
  const { body } = await createApi(people.url).post('/auth/login', credentials)
  return { id: String(body.user_id), api: createApi(people.url, body.access_token) }
}

test('a tier that an administrator changes takes effect at once', async () => {
  const { id, email, api } = await register(people, { display_name: 'Ada' })
  const answer = await (await admin()).api.patch(`/api/admin/users/${id}/`, { tier: 'premium' })
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ id, email, display_name: 'Ada', tier: 'premium', role: 'user', disabled: false })
  expect((await api.get('/auth/me')).body.tier).toBe('premium')
})

test('a disabled person is rejected everywhere at once and loses their sockets, until they are enabled again', async () => {
  const { id, api, cookie } = await register(people)
  await using heard = await listenToSignals(people.nats, id)
  const root = await admin()
  expect((await root.api.patch(`/api/admin/users/${id}/`, { disabled: true })).body.disabled).toBe(true)
  expect((await api.get('/auth/me')).status).toBe(403)
  expect((await api.patch('/api/users/me/', { bio: 'x' })).status).toBe(403)
  expect((await createApi(people.url).post('/api/auth/refresh/', undefined, { cookie })).status).toBe(403)
  await eventually(() => expect(heard.signals).toEqual([{ kind: 'access_ended', reason: 'disabled' }]))
  await root.api.patch(`/api/admin/users/${id}/`, { disabled: false })
  expect((await api.get('/auth/me')).status).toBe(200)
  const refreshed = await createApi(people.url).post('/api/auth/refresh/', undefined, { cookie })
  expect(cookieOf(refreshed)).not.toBe(cookie)
})

test('a report that does not exist cannot be reviewed', async () => {
  const { api } = await admin()
  const answer = await api.patch(`/api/admin/reports/${randomUUID()}`, { notes: 'Seen' })
  expect([answer.status, answer.body.code]).toEqual([404, 'REPORT_NOT_FOUND'])
})

test('each change is published once', async () => {
  const { id } = await register(people)
  const { api } = await admin()
  await api.patch(`/api/admin/users/${id}/`, { tier: 'premium', disabled: true })
  await api.patch(`/api/admin/users/${id}/`, { tier: 'premium' })
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.updated.v1')
    const data = events.filter(({ subject }) => subject === id).map((event) => event.data)
    expect(data).toEqual([expect.objectContaining({ id, version: 2, tier: 'premium', disabled: true })])
  })
})

test('only an administrator may change accounts', async () => {
  const { id, api } = await register(people)
  expect(await api.patch(`/api/admin/users/${id}/`, { tier: 'premium' })).toMatchObject({
    status: 403,
    body: { code: 'UNAUTHORIZED_ACTION' }
  })
  expect((await createApi(people.url).patch(`/api/admin/users/${id}/`, { tier: 'premium' })).status).toBe(401)
  expect((await api.get('/auth/me')).body.tier).toBe('free')
})

test.each([[{}], [{ tier: 'gold' }], [{ disabled: 'yes' }]])('%j is 400', async (changes) => {
  const { id } = await register(people)
  expect((await (await admin()).api.patch(`/api/admin/users/${id}/`, changes)).status).toBe(400)
})

test.each([randomUUID(), 'not-a-uuid'])('unknown id %s: 404', async (id) => {
  const answer = await (await admin()).api.patch(`/api/admin/users/${id}/`, { tier: 'premium' })
  expect(answer.status).toBe(404)
  expect(answer.body.code).toBe('USER_NOT_FOUND')
})

test('administrators cannot disable themselves', async () => {
  const { id, api } = await admin()
  const answer = await api.patch(`/api/admin/users/${id}/`, { disabled: true })
  expect(answer.status).toBe(400)
  expect(answer.body.code).toBe('CANNOT_DISABLE_YOURSELF')
})
