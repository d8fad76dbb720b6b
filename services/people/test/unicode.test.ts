import { hash } from '@node-rs/argon2'
import { migrate } from '@belay/db'
import { createApi, createTestDatabase } from '@belay/testing'
import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '#migrations'
import { connect } from './support/database.ts'
import { register, usePeople } from './support/people.ts'

const people = usePeople()
const logIn = (email: string, password: string) => createApi(people.url).post('/auth/login', { email, password })
const registerAs = (details: object) =>
  createApi(people.url).post('/auth/register', {
    email: 'valid@example.org',
    password: 'correct horse',
    display_name: 'Ada',
    ...details
  })

test('a password is the same in every normal form, wide letters and ligatures included', async () => {
  const { email } = await register(people, { password: 'mañana ｗｉｄｅ ﬁn' })
  for (const password of ['mañana ｗｉｄｅ ﬁn', 'man\u0303ana ｗｉｄｅ ﬁn', 'ma\u00f1ana wide fin']) {
    expect((await logIn(email, password)).status).toBe(200)
  }
  expect((await logIn(email, 'manana wide fin')).status).toBe(401)
})

test('a password that was stored in another form still signs in', async () => {
  const { id, email, api } = await register(people)
  const decomposed = 'man\u0303ana por la man\u0303ana'
  await people.sql('update users set password_hash = $1 where id = $2', [await hash(decomposed), id])
  expect((await logIn(email, decomposed)).status).toBe(200)
  expect((await api.delete('/api/users/me/', { password: decomposed })).status).toBe(202)
})

test('halves of characters are rejected where a password is tried, too: they would all be equal', async () => {
  const { email, api } = await register(people, { password: 'password \ufffd' })
  expect((await logIn(email, 'password \ud800')).status).toBe(422)
  expect((await api.delete('/api/users/me/', { password: 'password \ud800' })).status).toBe(400)
})

test.each([
  ['an internationalised domain', 'ada@bücher.example', 'ADA@xn--bcher-kva.example'],
  ['a domain of another script', '用户@例子.测试', '用户@xn--fsqu00a.xn--0zwm56d'],
  ['a local part of another script', 'jürgen@example.org', 'JU\u0308RGEN@Example.ORG'],
  ['capital letters in the domain', 'ada@Straße.example', 'ada@xn--strae-oqa.EXAMPLE']
])('an address with %s is accepted as written, and is the same in each spelling', async (_what, email, other) => {
  const answer = await registerAs({ email })
  expect([answer.status, answer.body.email]).toEqual([201, email])
  expect((await registerAs({ email: other })).body).toMatchObject({ code: 'EMAIL_TAKEN' })
  const signedIn = await logIn(other, 'correct horse')
  expect([signedIn.status, signedIn.body.user_id]).toEqual([200, answer.body.user_id])
})

test.each([
  'ada@example',
  'ada@exa mple.org',
  'ada@example.org:80',
  'ada@example.org/path',
  'ada@exa%6dple.org',
  'ada@127.0.0.1',
  'ada@-example.org',
  'ada\u200b@example.org',
  'ada@exam\u00adple.org',
  'ada..lovelace@example.org',
  '@example.org',
  'ada@'
])('%j is no address', async (email) => {
  expect((await registerAs({ email })).body).toMatchObject({ status: 422, errors: [{ field: 'email' }] })
})

test('wrong passwords for all spellings of an address count together', async () => {
  await registerAs({ email: 'grace@müller.example' })
  const spellings = ['grace@müller.example', 'Grace@mu\u0308ller.example', 'grace@xn--mller-kva.example']
  for (let attempt = 0; attempt < 10; attempt += 1) await logIn(spellings[attempt % 3] ?? '', 'not the password')
  expect((await logIn(spellings[0] ?? '', 'correct horse')).status).toBe(429)
})

test.each([
  '\u200b',
  '\u2060\u2060',
  '\u3164',
  '\u2800',
  '\ufe0f',
  '\u{e0100}',
  '\u00ad \u00ad',
  '\u0007',
  '\u{1d159}'
])('a name of nothing but %j is empty', async (display_name) => {
  expect((await registerAs({ display_name })).body).toMatchObject({
    status: 422,
    errors: [{ field: 'display_name', message: 'must not be empty' }]
  })
})

test('a password without visible characters is rejected', async () => {
  expect((await registerAs({ password: '\u200b'.repeat(10) })).body).toMatchObject({ errors: [{ field: 'password' }] })
})

test('a name keeps the form it was written in', async () => {
  const { api } = await register(people, { display_name: 'Man\u0303uel ❤\ufe0f' })
  expect((await api.get('/auth/me')).body.display_name).toBe('Man\u0303uel ❤\ufe0f')
})

test('accounts made before get the key of their address; of twins the one with a password keeps it', async () => {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const upTo = (end: string) => Object.fromEntries(Object.entries(migrations).filter(([name]) => name < end))
  const options = { url: database.url, schema: 'people' }
  await migrate({ ...options, migrations: upTo('20261125T0940') })
  const db = connect(database.url)
  onTestFinished(() => db.destroy())
  const insert = (id: number, email: string | null, password: string | null) =>
    db.sql(
      `insert into users (id, email, password_hash, display_name, created_at, updated_at)
       values ($1, $2, $3, 'Ada', now(), now())`,
      [`00000000-0000-7000-8000-00000000000${id}`, email, password]
    )
  await insert(1, 'ada@bücher.example', null)
  await insert(2, 'Ada@xn--bcher-kva.example', 'a hash')
  await insert(3, 'mu\u0308ller@example.org', null)
  await insert(4, 'müller@example.org', null)
  await insert(5, null, null)
  await migrate({ ...options, migrations: upTo('20261125T0941') })
  expect(await db.sql('select email, email_key from users order by id')).toEqual([
    { email: 'ada@bücher.example', email_key: null },
    { email: 'Ada@xn--bcher-kva.example', email_key: 'ada@xn--bcher-kva.example' },
    { email: 'mu\u0308ller@example.org', email_key: 'müller@example.org' },
    { email: 'müller@example.org', email_key: null },
    { email: null, email_key: null }
  ])
})
