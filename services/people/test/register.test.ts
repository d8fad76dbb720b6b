import { collectEvents, createApi, eventually } from '@belay/testing'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { cookieAttributes } from './support/cookies.ts'
import { statusesOf } from './support/answers.ts'
import { register, usePeople } from './support/people.ts'

const people = usePeople()
const api = () => createApi(people.url)
const ada = (details: object = {}) => ({
  email: 'ada@example.org',
  password: 'engine no. 1',
  display_name: 'Ada Lovelace',
  ...details
})

test('registering creates the account, signs in and sets the refresh cookie', async () => {
  const answer = await api().post('/auth/register', ada({ email: ' Ada@Example.org ', display_name: ' Ada Lovelace ' }))
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 900,
    user_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    display_name: 'Ada Lovelace',
    email: 'Ada@Example.org'
  })
  expect(cookieAttributes(answer)).toEqual(
    expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/api/auth/', 'Max-Age=604800'])
  )
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('an access token names subject, issue and expiry times, issuer, audience and sign-in', async () => {
  const { id, token } = await register(people)
  const claims = decodeJwt(token)
  expect(claims).toMatchObject({ sub: id, sid: expect.any(String), jti: expect.any(String) })
  expect(claims.iss).toEqual(expect.any(String))
  expect(claims.aud).toEqual(expect.any(String))
  expect(Number(claims.exp) - Number(claims.iat)).toBe(900)
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
})

test('an email address is used once, in any case', async () => {
  const first = await register(people)
  const again = await api().post('/auth/register', ada({ email: first.email.toUpperCase() }))
  expect(again.status).toBe(409)
  expect(again.body).toMatchObject({ code: 'EMAIL_TAKEN', detail: 'An account with this email already exists' })
})

test('of many registrations of one address at the same instant exactly one succeeds', async () => {
  const emails = ['twin@example.org', 'TWIN@example.org', 'Twin@example.org', 'twin@Example.org', 'twin@example.ORG']
  const answers = await Promise.all(emails.map((email) => api().post('/auth/register', ada({ email }))))
  expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409])
})

test('registering publishes the whole account exactly once', async () => {
  const { id } = await register(people, { display_name: 'Grace' })
  const [event] = await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.registered.v1')
    const found = events.filter(({ subject }) => subject === id)
    expect(found).toHaveLength(1)
    return found
  })
  expect(event?.data).toEqual({
    id,
    display_name: 'Grace',
    avatar: null,
    bio: '',
    birthdate: null,
    profile_photos: [],
    tier: 'free',
    role: 'user',
    disabled: false,
    version: 1
  })
})

test.each([
  ['no email', { email: undefined }, 'email'],
  ['an email that is none', { email: 'nobody' }, 'email'],
  ['an email that is no text', { email: 5 }, 'email'],
  ['a password of 7', { password: '1234567' }, 'password'],
  ['a password of 129', { password: 'x'.repeat(129) }, 'password'],
  ['a password with NUL', { password: 'pass\u0000word' }, 'password'],
  ['a password with half a character', { password: 'password\ud800' }, 'password'],
  ['an empty name', { display_name: '  ' }, 'display_name'],
  ['a name of 121', { display_name: 'x'.repeat(121) }, 'display_name'],
  ['a name with NUL', { display_name: 'a\u0000b' }, 'display_name']
])('%s is refused with 422 and its field', async (_, details, field) => {
  const answer = await api().post('/auth/register', ada({ email: 'valid@example.org', ...details }))
  expect(answer.status).toBe(422)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.body.errors).toEqual([expect.objectContaining({ field })])
})

test('a name may have 120 characters of any script', async () => {
  const display_name = '🧗'.repeat(120)
  const answer = await api().post('/auth/register', ada({ email: 'emoji@example.org', display_name }))
  expect(answer.status).toBe(201)
  expect(answer.body.display_name).toBe(display_name)
})

test('passwords are stored as Argon2id with 19 MiB and two passes, and nowhere else', async () => {
  const { id } = await register(people)
  const [row] = await people.sql('select password_hash from users where id = $1', [id])
  expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('the refresh token is stored only as a hash', async () => {
  const { cookie } = await register(people)
  const [token = ''] = cookie.split('=').slice(1)
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  const [row] = await people.sql('select count(*)::int as n from refresh_tokens where token_hash = sha256($1::bytea)', [
    Buffer.from(token)
  ])
  expect(row?.n).toBe(1)
})
