import type { Json } from '@belay/testing'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { expect, test } from 'vitest'
import { discovering } from '#src/discovery/discovery.repository.ts'
import { type Person, register, usePeople } from './support/people.ts'

const people = usePeople()
/** Writes queries as text. */
const plainSql = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler()
  }
})
const like = (by: Person, whom: { id: string }) => by.api.post(`/api/v1/users/${whom.id}/like`)
const block = (by: Person, whom: { id: string }) => by.api.post(`/api/v1/users/${whom.id}/block`)

/** Everyone whom a person discovers, in pages of this size. */
async function discovered(by: Person, limit = 100, betweenPages: () => Promise<unknown> = async () => undefined) {
  const users: { id: string }[] = []
  for (let cursor = ''; ;) {
    const { body } = await by.api.get(`/api/v1/discovery?limit=${limit}${cursor && `&cursor=${cursor}`}`)
    users.push(...body.data.users)
    expect(body.meta.pagination.hasMore).toBe(body.meta.pagination.cursor !== null)
    if (!body.meta.pagination.hasMore) return users
    cursor = String(body.meta.pagination.cursor)
    await betweenPages()
  }
}
const idsOf = (users: readonly { id: string }[]) => users.map(({ id }) => id)

test('people are discovered with what others may see of them, those who registered last first', async () => {
  const ada = await register(people)
  const [bob, cem] = [await register(people, { display_name: 'Bob' }), await register(people)]
  await bob.api.patch('/api/users/me/', { birthdate: '1990-06-15', profile_photos: ['https://example.org/1.jpg'] })
  const users = await discovered(ada)
  expect(idsOf(users).slice(0, 2)).toEqual([cem.id, bob.id])
  expect(idsOf(users)).not.toContain(ada.id)
  expect(users[0]).toEqual({ id: cem.id, name: expect.any(String), profile_photos: [], bio: '', age: null })
  expect(users[1]).toMatchObject({ name: 'Bob', profile_photos: ['https://example.org/1.jpg'] })
})

test('an age is in full years', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  const now = new Date()
  const birthday = (days: number) => {
    const day = new Date(now.getTime() + days * 86_400_000)
    return `${day.getUTCFullYear() - 30}${day.toISOString().slice(4, 10)}`
  }
  for (const [days, age] of [
    [-2, 30],
    [2, 29]
  ] as const) {
    await bob.api.patch('/api/users/me/', { birthdate: birthday(days) })
    expect(await discovered(ada)).toContainEqual(expect.objectContaining({ id: bob.id, age }))
  }
})

test('people whom one likes, matches or matched are not discovered, nor those across a block, disabled or erased', async () => {
  const ada = await register(people)
  const [liked, matched, unmatched, blocked, blocker, disabled, erased, stranger, admirer] = await Promise.all(
    Array.from({ length: 9 }, () => register(people))
  )
  if (!liked || !matched || !unmatched || !blocked || !blocker || !disabled || !erased || !stranger || !admirer)
    throw new Error('nine people')
  await like(ada, liked)
  await like(admirer, ada)
  for (const other of [matched, unmatched]) {
    await like(ada, other)
    await like(other, ada)
  }
  await ada.api.delete(`/api/v1/matches/${people.chat.idOf(ada.id, unmatched.id)}`)
  await block(ada, blocked)
  await block(blocker, ada)
  await people.sql('update users set disabled = true where id = $1', [disabled.id])
  await erased.api.delete('/api/users/me/', { password: erased.password })
  const found = idsOf(await discovered(ada))
  for (const known of [liked, matched, unmatched, blocked, blocker, disabled, erased])
    expect(found).not.toContain(known.id)
  expect(found).toEqual(expect.arrayContaining([stranger.id, admirer.id]))
  expect(idsOf(await discovered(unmatched))).not.toContain(ada.id)
})

test('a premium person does not discover those they wrote to, a free one does', async () => {
  const [ada, asked, written] = [await register(people), await register(people), await register(people)]
  await people.chat.request(ada, asked)
  await people.chat.openConversation(ada, written)
  expect(idsOf(await discovered(ada))).toEqual(expect.arrayContaining([asked.id, written.id]))
  await people.sql(`update users set tier = 'premium' where id = $1`, [ada.id])
  const found = idsOf(await discovered(ada))
  expect(found).not.toContain(asked.id)
  expect(found).not.toContain(written.id)
  expect(idsOf(await discovered(written))).toContain(ada.id)
})

test('pages skip and repeat no one who stays, while others come and go', async () => {
  const ada = await register(people)
  const others = await Promise.all(Array.from({ length: 12 }, () => register(people)))
  const before = idsOf(await discovered(ada))
  const left: string[] = []
  const found = idsOf(
    await discovered(ada, 3, async () => {
      await register(people)
      const next = others.pop()
      if (next === undefined) return
      left.push(next.id)
      await like(ada, next)
    })
  )
  expect(new Set(found).size).toBe(found.length)
  expect(before.filter((id) => !left.includes(id) && !found.includes(id))).toEqual([])
})

/** What reading `users` did in a plan, and in everything beneath. */
function readsOfUsers(node: Json): { index: string; rows: number }[] {
  const own = node['Relation Name'] === 'users' ? [{ index: node['Index Name'], rows: node['Actual Rows'] }] : []
  return [...own, ...(node['Plans'] ?? []).flatMap(readsOfUsers)]
}

test('among 100,000 people a page reads the index as far as it shows people, and no further than 5,000 known ones', async () => {
  const [ada, eve] = [await register(people), await register(people)]
  const id = `('0a000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`
  await people.sql(
    `insert into users (id, display_name, disabled, created_at, updated_at)
     select ${id}, 'Ada', n % 3 = 0, now(), now() from generate_series(1, 100000) as n`
  )
  await people.sql(
    `insert into likes (liker_id, liked_id, created_at) select $1, ${id}, now() from generate_series(82001, 100000) as n`,
    [ada.id]
  )
  await people.sql('analyze users, likes')
  const explain = async (by: Person, tier: 'free' | 'premium') => {
    const query = discovering({ id: by.id, tier }, { limit: 101, candidates: 5_000 }).compile(plainSql)
    const [row] = await people.sql(`explain (analyze, format json) ${query.sql}`, [...query.parameters])
    const plans: Json = row?.['QUERY PLAN']
    return readsOfUsers(plans[0].Plan)
  }
  for (const tier of ['free', 'premium'] as const) {
    expect(await explain(eve, tier)).toEqual([{ index: 'users_discoverable', rows: 101 }])
    expect(await explain(ada, tier)).toEqual([{ index: 'users_discoverable', rows: 5_000 }])
  }

  const pages = []
  for (let cursor = ''; pages.length < 3;) {
    const { body } = await ada.api.get(`/api/v1/discovery?limit=50${cursor && `&cursor=${cursor}`}`)
    pages.push(body.data.users.length)
    cursor = String(body.meta.pagination.cursor)
  }
  expect(pages).toEqual([0, 0, 50])
}, 60_000)
