import { randomUUID } from 'node:crypto'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { statusesOf } from './support/answers.ts'
import { type Person, register, usePeople } from './support/people.ts'

const people = usePeople()
const like = (by: Person, whom: { id: string }) => by.api.post(`/api/v1/users/${whom.id}/like`)
const unmatch = (by: Person, id: string) => by.api.delete(`/api/v1/matches/${id}`)
const matchesOf = async (person: Person) => (await person.api.get('/api/v1/matches')).body.data.matches
const failure = (code: string) => expect.objectContaining({ success: false, error: expect.objectContaining({ code }) })

/** Two people who match, and the id of their match. */
async function matched() {
  const [ada, bob] = [await register(people), await register(people)]
  await like(ada, bob)
  const id = String((await like(bob, ada)).body.data.match_id)
  return { ada, bob, id }
}

const publishes = (id: string, expected: unknown[]) =>
  eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.match.*.v1')
    const ofMatch = events.filter(({ subject }) => subject === id)
    expect(ofMatch.map(({ type, data }) => [type.split('.')[3], data.version, data.reason])).toEqual(expected)
  })

test('matches are listed newest first, page by page, each once, with the other person', async () => {
  const ada = await register(people)
  const others = [await register(people, { display_name: 'Bob' }), await register(people), await register(people)]
  const profile = { birthdate: '1990-06-15', bio: 'Climbs', profile_photos: ['https://example.org/1.jpg'] }
  await others[0]?.api.patch('/api/users/me/', profile)
  for (const other of others) {
    await like(other, ada)
    await like(ada, other)
  }
  const first = await ada.api.get('/api/v1/matches?limit=2')
  expect(first.body.meta.pagination).toEqual({ cursor: expect.any(String), hasMore: true })
  const second = await ada.api.get(`/api/v1/matches?limit=2&cursor=${first.body.meta.pagination.cursor}`)
  expect(second.body.meta.pagination).toEqual({ cursor: null, hasMore: false })
  const matches = [...first.body.data.matches, ...second.body.data.matches]
  expect(matches.map(({ user }) => user.id)).toEqual(others.map(({ id }) => id).toReversed())
  expect(matches[2]).toEqual({
    match_id: people.chat.idOf(ada.id, others[0]?.id ?? ''),
    user: {
      id: others[0]?.id,
      name: 'Bob',
      bio: 'Climbs',
      profile_photos: ['https://example.org/1.jpg'],
      age: expect.any(Number)
    },
    created_at: expect.any(String)
  })
})

test('unmatching ends the match for both and publishes it', async () => {
  const { ada, bob, id } = await matched()
  const answer = await unmatch(ada, id)
  expect([answer.status, answer.body]).toEqual([200, { success: true, data: { message: 'Unmatched successfully' } }])
  for (const person of [ada, bob]) expect(await matchesOf(person)).toEqual([])
  await publishes(id, [
    ['created', 1, undefined],
    ['ended', 2, 'unmatched']
  ])
})

test('a match that has ended, an unknown one and a malformed id are 404 MATCH_NOT_FOUND', async () => {
  const { ada, bob, id } = await matched()
  await unmatch(bob, id)
  for (const gone of [id, randomUUID(), 'not-a-uuid']) {
    const answer = await unmatch(ada, gone)
    expect([answer.status, answer.body]).toEqual([404, failure('MATCH_NOT_FOUND')])
  }
})

test("other people's match is 403 UNAUTHORIZED_ACTION", async () => {
  const { ada, id } = await matched()
  const answer = await unmatch(await register(people), id)
  expect([answer.status, answer.body]).toEqual([403, failure('UNAUTHORIZED_ACTION')])
  expect(await matchesOf(ada)).toHaveLength(1)
})

test('of two who unmatch at the same instant one ends the match', async () => {
  const { ada, bob, id } = await matched()
  const answers = await Promise.all([unmatch(ada, id), unmatch(bob, id)])
  expect(statusesOf(answers)).toEqual([200, 404])
})

test('after an unmatch both have to like again, and the match keeps its id', async () => {
  const { ada, bob, id } = await matched()
  await unmatch(ada, id)
  expect((await like(ada, bob)).body.data).toEqual({ matched: false, match_id: null })
  expect((await like(bob, ada)).body.data).toEqual({ matched: true, match_id: id })
  await publishes(id, [
    ['created', 1, undefined],
    ['ended', 2, 'unmatched'],
    ['created', 3, undefined]
  ])
})

test('an accepted message request makes the match, in the name of its receiver', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await people.chat.request(ada, bob)
  await people.chat.accept(ada, bob)
  const match_id = people.chat.idOf(ada.id, bob.id)
  expect(await matchesOf(ada)).toEqual([expect.objectContaining({ match_id })])
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.match.created.v1')
    expect(events.filter(({ subject }) => subject === match_id)).toMatchObject([{ data: { actor_id: bob.id } }])
  })
})

test('an acceptance that arrives after the match has ended does not begin it again, but a later one does', async () => {
  const { ada, bob, id } = await matched()
  const deliver = await people.chat.decideToAccept(ada, bob)
  await unmatch(ada, id)
  await deliver()
  expect(await matchesOf(ada)).toEqual([])
  await people.chat.accept(bob, ada)
  expect(await matchesOf(ada)).toHaveLength(1)
})

test('an acceptance that arrives after a block, even a lifted one, makes no match', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  const deliver = await people.chat.decideToAccept(ada, bob)
  const again = await people.chat.decideToAccept(ada, bob)
  await bob.api.post(`/api/v1/users/${ada.id}/block`)
  await deliver()
  await bob.api.delete(`/api/v1/users/${ada.id}/block`)
  await again()
  expect(await matchesOf(ada)).toEqual([])
})

test('unmatching and an acceptance at the same instant have the outcome of some order', async () => {
  const { ada, bob, id } = await matched()
  const deliver = await people.chat.decideToAccept(ada, bob)
  await Promise.all([unmatch(ada, id), deliver()])
  expect(await matchesOf(ada)).toEqual([])
  await publishes(id, [
    ['created', 1, undefined],
    ['ended', 2, 'unmatched']
  ])
})

test('a block ends the match at once, and lifting it brings no match back', async () => {
  const { ada, bob, id } = await matched()
  await ada.api.post(`/api/v1/users/${bob.id}/block`)
  await ada.api.post(`/api/v1/users/${bob.id}/block`)
  for (const person of [ada, bob]) expect(await matchesOf(person)).toEqual([])
  await ada.api.delete(`/api/v1/users/${bob.id}/block`)
  expect((await unmatch(ada, id)).status).toBe(404)
  await publishes(id, [
    ['created', 1, undefined],
    ['ended', 2, 'blocked']
  ])
})

test('an erased person leaves no like, no match and no trace of whom they wrote to', async () => {
  const { ada, bob, id } = await matched()
  const eve = await register(people)
  await like(ada, eve)
  await people.chat.request(ada, eve)
  await ada.api.delete('/api/users/me/', { password: ada.password })
  expect(await matchesOf(bob)).toEqual([])
  expect(await people.sql('select 1 from likes where liker_id = $1 or liked_id = $1', [ada.id])).toEqual([])
  expect(await people.sql('select 1 from matches where id = $1', [id])).toEqual([])
  expect(await people.sql('select 1 from written_to where sender_id = $1', [ada.id])).toEqual([])
  await publishes(id, [
    ['created', 1, undefined],
    ['ended', 2, 'deleted']
  ])
  await people.chat.accept(bob, ada)
  expect(await matchesOf(bob)).toEqual([])
})

test('two who match can erase their accounts at the same instant', async () => {
  const { ada, bob, id } = await matched()
  const answers = await Promise.all([ada, bob].map(({ api, password }) => api.delete('/api/users/me/', { password })))
  expect(answers.map(({ status }) => status)).toEqual([202, 202])
  await publishes(id, [
    ['created', 1, undefined],
    ['ended', 2, 'deleted']
  ])
})

test.each(['limit=0', 'limit=101', 'cursor=x'])('?%s is 400 VALIDATION_ERROR', async (query) => {
  const answer = await (await register(people)).api.get(`/api/v1/matches?${query}`)
  expect([answer.status, answer.body]).toEqual([400, failure('VALIDATION_ERROR')])
})

test('without a token: 401 UNAUTHENTICATED', async () => {
  const stranger = createApi(people.url)
  for (const answer of [
    await stranger.get('/api/v1/matches'),
    await stranger.delete(`/api/v1/matches/${randomUUID()}`),
    await stranger.post(`/api/v1/users/${randomUUID()}/like`)
  ]) {
    expect([answer.status, answer.body]).toEqual([401, failure('UNAUTHENTICATED')])
  }
})

test('answering a match keeps it or ends it for both', async () => {
  const { ada, bob, id } = await matched()
  const answer = (by: Person, action: string, user_id = by.id) =>
    by.api.post('/api/buddy/respond', { user_id, match_id: id, action })

  expect((await answer(ada, 'accept')).body).toEqual({
    success: true,
    message: expect.any(String),
    match_status: 'accepted',
    next_match: null
  })
  expect(await matchesOf(bob)).toHaveLength(1)
  const others = [await answer(ada, 'decline', bob.id), await answer(await register(people), 'decline')]
  expect(others.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(2).fill('403 UNAUTHORIZED_ACTION'))
  expect((await answer(ada, 'perhaps')).status).toBe(422)

  expect((await answer(bob, 'decline')).body).toMatchObject({ success: true, match_status: 'declined' })
  expect(await matchesOf(ada)).toEqual([])
  expect((await answer(ada, 'accept')).body).toMatchObject({ status: 404, code: 'MATCH_NOT_FOUND' })
  const events = await eventually(async () => {
    const ended = await collectEvents(people, 'belay.evt.people.match.ended.v1')
    const ofMatch = ended.filter(({ subject }) => subject === id)
    expect(ofMatch).toHaveLength(1)
    return ofMatch
  })
  expect(events[0]?.data).toMatchObject({ reason: 'unmatched', actor_id: bob.id })
})
