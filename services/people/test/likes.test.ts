import { randomUUID } from 'node:crypto'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { afterEach, expect, test } from 'vitest'
import { type Person, register, usePeople } from './support/people.ts'

const people = usePeople({ replicas: 2 })
const like = (by: Person, whom: { id: string }, key?: string) =>
  by.api.post(`/api/v1/users/${whom.id}/like`, undefined, key === undefined ? {} : { 'idempotency-key': key })
const pair = async () => [await register(people), await register(people)] as const
const failure = (code: string) => expect.objectContaining({ success: false, error: expect.objectContaining({ code }) })

/** The same person, served by the other replica. */
const elsewhere = (person: Person): Person => ({ ...person, api: createApi(people.urls[1] ?? '', person.token) })

/** The events of a pair's match, once its last one is the expected one. */
async function published(one: Person, other: Person) {
  const events = await collectEvents(people, 'belay.evt.people.match.*.v1')
  return events
    .filter(({ subject }) => subject === people.chat.idOf(one.id, other.id))
    .map(({ type, data }) => [type.split('.')[3], data.version])
}
const publishes = (one: Person, other: Person, expected: unknown[]) =>
  eventually(async () => expect(await published(one, other)).toEqual(expected))
const matchesOf = async (person: Person) => (await person.api.get('/api/v1/matches')).body.data.matches

/** Holds chat's answers until this many likes are there to be answered. */
function holdAnswers(count: number): void {
  const all = Promise.withResolvers<void>()
  let arrived = 0
  people.chat.beforeAnswer = () => {
    arrived += 1
    if (arrived >= count) all.resolve()
    return all.promise
  }
}
afterEach(() => {
  people.chat.beforeAnswer = async () => undefined
})

test('a like alone makes no match', async () => {
  const [ada, bob] = await pair()
  const answer = await like(ada, bob)
  expect([answer.status, answer.body]).toEqual([200, { success: true, data: { matched: false, match_id: null } }])
  expect(await matchesOf(bob)).toEqual([])
})

test('a like back makes the match, with the id of the pair, and publishes it once', async () => {
  const [ada, bob] = await pair()
  await like(ada, bob)
  const answer = await like(bob, ada)
  const match_id = people.chat.idOf(ada.id, bob.id)
  expect(answer.body.data).toEqual({ matched: true, match_id })
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.match.created.v1')
    expect(events.filter(({ subject }) => subject === match_id).map(({ data }) => data)).toEqual([
      {
        match_id,
        user_ids: [ada.id, bob.id].toSorted(),
        version: 1,
        actor_id: bob.id,
        created_at: expect.any(String)
      }
    ])
  })
})

test('liking again changes nothing and returns the current state', async () => {
  const [ada, bob] = await pair()
  await like(ada, bob)
  expect((await like(ada, bob)).body.data).toEqual({ matched: false, match_id: null })
  await like(bob, ada)
  const matched = { matched: true, match_id: people.chat.idOf(ada.id, bob.id) }
  for (const answer of [await like(ada, bob), await like(bob, ada)]) expect(answer.body.data).toEqual(matched)
  await publishes(ada, bob, [['created', 1]])
})

test('liking someone whose message request is pending makes the match', async () => {
  const [ada, bob] = await pair()
  await people.chat.request(ada, bob)
  const match_id = people.chat.idOf(ada.id, bob.id)
  expect((await like(bob, ada)).body.data).toEqual({ matched: true, match_id })
  for (const person of [ada, bob]) expect(await matchesOf(person)).toEqual([expect.objectContaining({ match_id })])
  await publishes(ada, bob, [['created', 1]])
})

test.each([[undefined], ['key']])(
  'both like each other at the same instant: one match (Idempotency-Key: %s)',
  async (key) => {
    const [ada, bob] = await pair()
    holdAnswers(2)
    const answers = await Promise.all([like(ada, bob, key), like(elsewhere(bob), ada, key)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers.filter(({ body }) => body.data.matched)).toHaveLength(1)
    expect(people.chat.asked.filter(({ liker_id }) => [ada.id, bob.id].includes(liker_id))).toHaveLength(3)
    await publishes(ada, bob, [['created', 1]])
  }
)

test('many likes of the same pair at once make one match', async () => {
  const [ada, bob] = await pair()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      const [liker, liked] = n % 2 === 0 ? [ada, bob] : [bob, ada]
      return like(n % 3 === 0 ? elsewhere(liker) : liker, liked, n < 6 ? `key-${n}` : undefined)
    })
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect((await like(ada, bob)).body.data.matched).toBe(true)
  await publishes(ada, bob, [['created', 1]])
})

test('a like and a block at the same instant leave no match', async () => {
  const [ada, bob] = await pair()
  await like(ada, bob)
  const [liked, blocked] = await Promise.all([like(bob, ada), elsewhere(ada).api.post(`/api/v1/users/${bob.id}/block`)])
  expect(blocked.status).toBe(200)
  expect([200, 403]).toContain(liked.status)
  expect(await matchesOf(ada)).toEqual([])
  expect(await people.sql('select 1 from likes where liker_id = $1 or liked_id = $1', [ada.id])).toEqual([])
})

test('a block while chat is asked wins over the like', async () => {
  const [ada, bob] = await pair()
  await like(ada, bob)
  people.chat.beforeAnswer = async () => void (await ada.api.post(`/api/v1/users/${bob.id}/block`))
  const answer = await like(bob, ada)
  expect([answer.status, answer.body]).toEqual([403, failure('USER_BLOCKED')])
  expect(await published(ada, bob)).toEqual([])
})

test('a match that ends while chat is asked does not come back by the answer', async () => {
  const [ada, bob] = await pair()
  await like(ada, bob)
  people.chat.beforeAnswer = async () => {
    people.chat.beforeAnswer = async () => undefined
    await ada.api.post(`/api/v1/users/${bob.id}/block`)
    await ada.api.delete(`/api/v1/users/${bob.id}/block`)
  }
  expect((await like(bob, ada)).body.data).toEqual({ matched: false, match_id: null })
  expect(await matchesOf(ada)).toEqual([])
})

test('a like with an Idempotency-Key is done once, and its repetition asks nothing and changes nothing', async () => {
  const [ada, bob] = await pair()
  const first = await like(ada, bob, 'k1')
  await people.chat.request(bob, ada)
  const asked = people.chat.asked.length
  const again = await like(elsewhere(ada), bob, 'k1')
  expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([200, first.body, 'true'])
  expect(people.chat.asked).toHaveLength(asked)
  expect((await like(ada, bob)).body.data.matched).toBe(true)
})

test('while chat is away a like answers 503 and stores nothing', async () => {
  const [ada, bob] = await pair()
  await people.chat.stop()
  try {
    const answer = await like(ada, bob, 'k1')
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, expect.any(String)])
    expect(await people.sql('select 1 from likes where liker_id = $1', [ada.id])).toEqual([])
  } finally {
    await people.chat.start()
  }
  expect((await like(ada, bob, 'k1')).status).toBe(200)
})

test.each([randomUUID(), 'not-a-uuid'])('unknown id %s: 404 USER_NOT_FOUND', async (id) => {
  const answer = await like(await register(people), { id })
  expect([answer.status, answer.body]).toEqual([404, failure('USER_NOT_FOUND')])
})

test('erased and disabled people are not found', async () => {
  const [ada, bob] = await pair()
  const eve = await register(people)
  await bob.api.delete('/api/users/me/', { password: bob.password })
  await people.sql('update users set disabled = true where id = $1', [eve.id])
  for (const gone of [bob, eve]) expect((await like(ada, gone)).body).toEqual(failure('USER_NOT_FOUND'))
})

test('people cannot like themselves', async () => {
  const ada = await register(people)
  const answer = await like(ada, ada)
  expect([answer.status, answer.body]).toEqual([400, failure('VALIDATION_ERROR')])
})

test('across a block, by either of the two, liking is 403 USER_BLOCKED', async () => {
  const [ada, bob] = await pair()
  await ada.api.post(`/api/v1/users/${bob.id}/block`)
  for (const answer of [await like(ada, bob), await like(bob, ada)]) {
    expect([answer.status, answer.body]).toEqual([403, failure('USER_BLOCKED')])
  }
})
