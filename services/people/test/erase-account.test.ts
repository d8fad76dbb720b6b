import { randomUUID } from 'node:crypto'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { statusesOf } from './support/answers.ts'
import { register, usePeople } from './support/people.ts'
import { listenToSignals } from './support/signals.ts'

const people = usePeople()

test('a wrong password erases nothing', async () => {
  const { api } = await register(people)
  const answer = await api.delete('/api/users/me/', { password: 'not the password' })
  expect(answer.status).toBe(403)
  expect(answer.body).toMatchObject({ code: 'WRONG_PASSWORD' })
  expect((await api.delete('/api/users/me/', {})).status).toBe(400)
  expect((await api.get('/auth/me')).status).toBe(200)
})

test('an erased account is gone from every call, and its sockets close', async () => {
  const { id, api, password, email, cookie } = await register(people)
  const other = await register(people)
  await using heard = await listenToSignals(people.nats, id)
  expect((await api.delete('/api/users/me/', { password })).status).toBe(202)
  expect((await api.get('/auth/me')).status).toBe(401)
  expect((await other.api.get(`/api/users/${id}/`)).status).toBe(404)
  const stranger = createApi(people.url)
  expect((await stranger.post('/auth/login', { email, password })).status).toBe(401)
  expect((await stranger.post('/api/auth/refresh/', undefined, { cookie })).status).toBe(401)
  expect((await other.api.post(`/api/v1/users/${id}/block`)).status).toBe(404)
  await eventually(() => expect(heard.signals).toEqual([{ kind: 'access_ended', reason: 'deleted' }]))
})

test('nothing personal stays in the database, only a row that marks the erased account', async () => {
  const secret = `Secret ${randomUUID()}`
  const { id, api, password } = await register(people, { display_name: secret })
  const other = await register(people)
  await api.patch('/api/users/me/', { bio: secret, birthdate: '1990-01-01', avatar: 'https://example.org/me.jpg' })
  await api.post(`/api/v1/users/${other.id}/block`, { reason: secret })
  await other.api.post(`/api/v1/users/${id}/block`)
  await api.delete('/api/users/me/', { password })
  const [row] = await people.sql('select * from users where id = $1', [id])
  expect(row).toMatchObject({
    display_name: 'Deleted user',
    email: null,
    password_hash: null,
    bio: '',
    birthdate: null,
    profile_photos: [],
    deleted_at: expect.any(Date)
  })
  for (const [table, column] of [
    ['sign_ins', 'user_id'],
    ['external_identities', 'user_id'],
    ['blocks', 'blocker_id'],
    ['blocks', 'blocked_id']
  ]) {
    expect(await people.sql(`select 1 from ${table} where ${column} = $1`, [id])).toEqual([])
  }
})

test('the address is free for a new account', async () => {
  const first = await register(people)
  await first.api.delete('/api/users/me/', { password: first.password })
  const second = await register(people, { email: first.email })
  expect(second.id).not.toBe(first.id)
})

test('erasing is published once, with the last version', async () => {
  const { id, api, password } = await register(people)
  const answers = await Promise.all([1, 2, 3].map(() => api.delete('/api/users/me/', { password })))
  expect(statusesOf(answers)).toEqual([202, 401, 401])
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.deleted.v1')
    expect(events.filter(({ subject }) => subject === id).map((event) => event.data)).toEqual([{ id, version: 2 }])
  })
})

test('recorded events lose the profile, so that no replay restores it', async () => {
  const secret = `Secret ${randomUUID()}`
  const { id, api, password } = await register(people, { display_name: secret })
  await api.patch('/api/users/me/', { bio: secret, birthdate: '1990-01-01', avatar: 'https://example.org/me.jpg' })
  await api.delete('/api/users/me/', { password })
  const rows = await people.sql(`select envelope from outbox where envelope->>'subject' = $1 order by position`, [id])
  const blank = { display_name: 'Deleted user', avatar: null, bio: '', profile_photos: [], birthdate: null }
  expect(rows.map((row) => row['envelope'])).toMatchObject([
    { type: 'belay.people.user.registered.v1', data: { id, version: 1, ...blank } },
    { type: 'belay.people.user.updated.v1', data: { id, version: 2, ...blank } },
    { type: 'belay.people.user.deleted.v1', data: { id, version: 3 } }
  ])
})
