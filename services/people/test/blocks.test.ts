import { randomUUID } from 'node:crypto'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { type Person, register, usePeople } from './support/people.ts'

const people = usePeople()
const block = (by: Person, whom: { id: string }, body?: unknown) => by.api.post(`/api/v1/users/${whom.id}/block`, body)
const unblock = (by: Person, whom: { id: string }) => by.api.delete(`/api/v1/users/${whom.id}/block`)
const blockedBy = async (by: Person) => (await by.api.get('/api/v1/users/blocked')).body.data.users

async function announced(blocker: Person, blocked: Person) {
  const events = await collectEvents(people, 'belay.evt.people.user.*.v1')
  return events
    .filter(({ data }) => data.blocker_id === blocker.id && data.blocked_id === blocked.id)
    .map(({ type, data }) => [type, data.version])
}

test('blocking responds in the envelope of this front door', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  const answer = await block(ada, bob, { reason: 'inappropriate_behavior' })
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ success: true, data: { message: 'User blocked successfully' } })
  expect(await people.sql('select reason from blocks where blocker_id = $1', [ada.id])).toEqual([
    { reason: 'inappropriate_behavior' }
  ])
})

test.each([['no body'], ['an empty body', ''], ['{}', {}], ['a null reason', { reason: null }]])(
  'a block needs no reason: %s',
  async (_, body?: unknown) => {
    const [ada, bob] = [await register(people), await register(people)]
    expect((await block(ada, bob, body)).status).toBe(200)
  }
)

test('a block hides each from the other, until it is lifted', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await block(ada, bob)
  expect((await ada.api.get(`/api/users/${bob.id}/`)).status).toBe(404)
  expect((await bob.api.get(`/api/users/${ada.id}/`)).status).toBe(404)
  const lifted = await unblock(ada, bob)
  expect(lifted.status).toBe(200)
  expect(lifted.body).toEqual({ success: true, data: { message: 'User unblocked successfully' } })
  expect((await ada.api.get(`/api/users/${bob.id}/`)).status).toBe(200)
  expect((await bob.api.get(`/api/users/${ada.id}/`)).status).toBe(200)
})

test('each person lifts only their own block', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await block(ada, bob)
  await block(bob, ada)
  await unblock(bob, ada)
  expect((await bob.api.get(`/api/users/${ada.id}/`)).status).toBe(404)
  expect(await blockedBy(ada)).toEqual([expect.objectContaining({ id: bob.id })])
  expect(await blockedBy(bob)).toEqual([])
})

test('a person blocked before registering a complaint can still block back', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await block(ada, bob)
  expect((await block(bob, ada)).status).toBe(200)
})

test('only real changes are published, each once, with a growing version', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await Promise.all([1, 2, 3, 4].map(() => block(ada, bob)))
  await Promise.all([1, 2, 3, 4].map(() => unblock(ada, bob)))
  await block(ada, bob)
  await block(ada, bob)
  await eventually(async () =>
    expect(await announced(ada, bob)).toEqual([
      ['belay.people.user.blocked.v1', 1],
      ['belay.people.user.unblocked.v1', 2],
      ['belay.people.user.blocked.v1', 3]
    ])
  )
})

test.each([randomUUID(), 'not-a-uuid'])('unknown id %s: 404 USER_NOT_FOUND', async (id) => {
  const ada = await register(people)
  for (const answer of [await block(ada, { id }), await unblock(ada, { id })]) {
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({ success: false, error: { code: 'USER_NOT_FOUND', message: 'User not found' } })
  }
})

test('people cannot block themselves', async () => {
  const ada = await register(people)
  const answer = await block(ada, ada)
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR' } })
})

test.each([[{ reason: 'x'.repeat(101) }], [{ reason: 5 }], [[]]])('%j is 400 VALIDATION_ERROR', async (body) => {
  const [ada, bob] = [await register(people), await register(people)]
  const answer = await block(ada, bob, body)
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR' } })
})

test('without a token: 401 UNAUTHENTICATED', async () => {
  const ada = await register(people)
  const stranger = createApi(people.url)
  for (const answer of [
    await stranger.post(`/api/v1/users/${ada.id}/block`),
    await stranger.delete(`/api/v1/users/${ada.id}/block`),
    await stranger.get('/api/v1/users/blocked')
  ]) {
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({ success: false, error: { code: 'UNAUTHENTICATED' } })
  }
})

test('blocked people are listed latest first, page by page, each once', async () => {
  const ada = await register(people)
  const others = [await register(people, { display_name: 'Bob' }), await register(people), await register(people)]
  await others[0]?.api.patch('/api/users/me/', { avatar: 'https://example.org/bob.jpg' })
  for (const other of others) await block(ada, other)
  const first = await ada.api.get('/api/v1/users/blocked?limit=2')
  expect(first.body.meta.pagination).toEqual({ cursor: expect.any(String), hasMore: true })
  const second = await ada.api.get(`/api/v1/users/blocked?limit=2&cursor=${first.body.meta.pagination.cursor}`)
  expect(second.body.meta.pagination).toEqual({ cursor: null, hasMore: false })
  const users = [...first.body.data.users, ...second.body.data.users]
  expect(users.map(({ id }) => id)).toEqual(others.map(({ id }) => id).toReversed())
  expect(users[2]).toEqual({
    id: others[0]?.id,
    name: 'Bob',
    profile_photos: ['https://example.org/bob.jpg']
  })
})

test.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x'])('?%s is 400', async (query) => {
  const ada = await register(people)
  expect((await ada.api.get(`/api/v1/users/blocked?${query}`)).status).toBe(400)
})
