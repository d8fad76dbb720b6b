import { randomUUID } from 'node:crypto'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { register, usePeople } from './support/people.ts'

const people = usePeople()
const photo = (name: string) => `https://photos.example.org/${name}.jpg`

test('a new profile is empty but for what was registered, at both of its addresses', async () => {
  const { id, email, api } = await register(people, { display_name: 'Ada' })
  const expected = {
    id,
    email,
    display_name: 'Ada',
    avatar: null,
    bio: '',
    birthdate: null,
    profile_photos: [],
    tier: 'free',
    role: 'user',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }
  expect((await api.get('/auth/me')).body).toEqual(expected)
  expect((await api.get('/api/users/me/')).body).toEqual(expected)
  expect((await api.get('/api/users/me')).body).toEqual(expected)
})

test('any part of the profile can be changed; texts are trimmed and otherwise kept', async () => {
  const { api } = await register(people)
  const changes = { display_name: ' Ada 🧗 ', bio: '  5 < 6 && "fine"\n', birthdate: '1990-02-28' }
  const answer = await api.patch('/api/users/me/', changes)
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ display_name: 'Ada 🧗', bio: '5 < 6 && "fine"', birthdate: '1990-02-28' })
  expect((await api.get('/auth/me')).body).toEqual(answer.body)
  const cleared = await api.patch('/api/users/me/', { bio: '', birthdate: null })
  expect(cleared.body).toMatchObject({ display_name: 'Ada 🧗', bio: '', birthdate: null })
})

test('the avatar is the first of the photos, and changing it changes the first photo', async () => {
  const { api } = await register(people)
  const change = async (changes: object) => {
    const { body } = await api.patch('/api/users/me/', changes)
    return { avatar: body.avatar, profile_photos: body.profile_photos }
  }
  const [a, b, c] = [photo('a'), photo('b'), photo('c')]
  expect(await change({ avatar: a })).toEqual({ avatar: a, profile_photos: [a] })
  expect(await change({ profile_photos: [b, c] })).toEqual({ avatar: b, profile_photos: [b, c] })
  expect(await change({ avatar: a })).toEqual({ avatar: a, profile_photos: [a, c] })
  expect(await change({ avatar: null })).toEqual({ avatar: c, profile_photos: [c] })
  expect(await change({ avatar: b, profile_photos: [a, c] })).toEqual({ avatar: b, profile_photos: [b, c] })
  expect(await change({ profile_photos: [] })).toEqual({ avatar: null, profile_photos: [] })
})

const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
test.each([
  ['a birthdate to come', { birthdate: tomorrow }, 'birthdate'],
  ['a birthdate before 1900', { birthdate: '1899-12-31' }, 'birthdate'],
  ['a day that no calendar has', { birthdate: '2001-02-29' }, 'birthdate'],
  ['a birthdate that is no date', { birthdate: 'yesterday' }, 'birthdate'],
  ['an empty name', { display_name: ' ' }, 'display_name'],
  ['a name that is null', { display_name: null }, 'display_name'],
  ['a picture that is no web address', { avatar: 'javascript:alert(1)' }, 'avatar'],
  ['photos that are no list', { profile_photos: photo('a') }, 'profile_photos']
])('%s is 400 with its field', async (_, changes, field) => {
  const { api } = await register(people)
  const answer = await api.patch('/api/users/me/', changes)
  expect(answer.status).toBe(400)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.body.errors[0].field).toMatch(new RegExp(`^${field}`))
})

test('an empty change is 400', async () => {
  const { api } = await register(people)
  expect((await api.patch('/api/users/me/', {})).status).toBe(400)
})

test('fields that the owner may not set are ignored', async () => {
  const { api } = await register(people)
  await api.patch('/api/users/me/', { bio: 'x', tier: 'premium', role: 'admin', email: 'x@example.org', version: 99 })
  expect((await api.get('/auth/me')).body).toMatchObject({ tier: 'free', role: 'user' })
})

test('each change is published once with a growing version, and setting the same value publishes nothing', async () => {
  const { id, api } = await register(people)
  await api.patch('/api/users/me/', { bio: 'one', avatar: photo('a') })
  await api.patch('/api/users/me/', { bio: 'one', avatar: photo('a') })
  await api.patch('/api/users/me/', { bio: 'two' })
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.updated.v1')
    const data = events.filter(({ subject }) => subject === id).map((event) => event.data)
    expect(data).toEqual([
      expect.objectContaining({ id, version: 2, bio: 'one', avatar: photo('a') }),
      expect.objectContaining({ id, version: 3, bio: 'two', avatar: photo('a') })
    ])
  })
})

test('changes at the same instant are all kept', async () => {
  const { id, api } = await register(people)
  await Promise.all([
    api.patch('/api/users/me/', { bio: 'a bio' }),
    api.patch('/api/users/me/', { display_name: 'A name' }),
    api.patch('/api/users/me/', { birthdate: '1990-01-01' }),
    api.patch('/api/users/me/', { avatar: photo('a') })
  ])
  expect((await api.get('/auth/me')).body).toMatchObject({
    bio: 'a bio',
    display_name: 'A name',
    birthdate: '1990-01-01',
    avatar: photo('a')
  })
  expect(await people.sql('select version from users where id = $1', [id])).toEqual([{ version: 5 }])
})

test('others see four fields of a profile', async () => {
  const { id } = await register(people, { display_name: 'Ada' })
  const other = await register(people)
  const answer = await other.api.get(`/api/users/${id}/`)
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ id, display_name: 'Ada', avatar: null, bio: '' })
})

test.each([randomUUID(), 'not-a-uuid', '..%2f'])('unknown id %s: 404', async (id) => {
  const { api } = await register(people)
  const answer = await api.get(`/api/users/${id}/`)
  expect(answer.status).toBe(404)
  expect(answer.body).toMatchObject({ detail: 'User not found', code: 'USER_NOT_FOUND' })
})

test('profiles need a token', async () => {
  const { id } = await register(people)
  const stranger = createApi(people.url)
  for (const path of ['/auth/me', '/api/users/me/', `/api/users/${id}/`]) {
    expect((await stranger.get(path)).status).toBe(401)
  }
})
