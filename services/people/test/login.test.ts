import { createApi } from '@belay/testing'
import { expect, test } from 'vitest'
import { cookieAttributes, setCookies } from './support/cookies.ts'
import { register, usePeople } from './support/people.ts'

const gatewaySecret = 'the-secret-that-the-gateway-shows-to-services'
const people = usePeople({ env: { RATE_LIMITS: 'off', GATEWAY_SECRET: gatewaySecret } })
const logIn = (body: unknown, headers: Record<string, string> = {}) =>
  createApi(people.url).post('/auth/login', body, headers)

test('the right password signs in, in a sign-in of its own', async () => {
  const { id, email, password, token } = await register(people)
  const answer = await logIn({ email: email.toUpperCase(), password })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 900, user_id: id, email })
  expect(answer.body.access_token).not.toBe(token)
  expect(setCookies(answer)).toHaveLength(1)
})

test('a wrong password and an unknown address get the same response', async () => {
  const { email } = await register(people)
  const wrong = await logIn({ email, password: 'not the password' })
  const unknown = await logIn({ email: 'nobody@example.org', password: 'not the password' })
  const withoutId = ({ body }: typeof wrong) => ({ ...body, request_id: undefined })
  expect(wrong.status).toBe(401)
  expect(wrong.body).toMatchObject({ detail: 'Invalid email or password', code: 'INVALID_CREDENTIALS' })
  expect(unknown.status).toBe(401)
  expect(withoutId(unknown)).toEqual(withoutId(wrong))
  expect(setCookies(wrong)).toEqual([])
})

test('a wrong password and an unknown address take the same time', async () => {
  const { email } = await register(people)
  const timeOf = async (address: string) => {
    const start = performance.now()
    await logIn({ email: address, password: 'not the password' })
    return performance.now() - start
  }
  const known: number[] = []
  const unknown: number[] = []
  for (let round = 0; round < 15; round += 1) {
    known.push(await timeOf(email))
    unknown.push(await timeOf(`nobody-${round}@example.org`))
  }
  const median = (times: number[]) => times.toSorted((a, b) => a - b)[7] ?? 0
  // The hash alone takes some 20 ms: an answer that skipped it would take a fraction of the other's time.
  expect(median(unknown)).toBeGreaterThan(median(known) * 0.6)
  expect(median(known)).toBeGreaterThan(median(unknown) * 0.6)
})

test('invalid input is 422', async () => {
  expect((await logIn({ email: 'ada@example.org' })).status).toBe(422)
  expect((await logIn({ email: 'ada@example.org', password: 5 })).status).toBe(422)
  expect((await logIn({ email: 'a\u0000b', password: 'any password' })).status).toBe(422)
  expect((await logIn('{"email":')).status).toBe(400)
})

test('only the right password reveals that an account is disabled', async () => {
  const { id, email, password } = await register(people)
  await people.sql('update users set disabled = true where id = $1', [id])
  const right = await logIn({ email, password })
  expect(right.status).toBe(403)
  expect(right.body).toMatchObject({ code: 'ACCOUNT_DISABLED', detail: 'This account is disabled' })
  expect((await logIn({ email, password: 'not the password' })).status).toBe(401)
})

test.each([
  ['plain http on localhost', { host: 'localhost:8080' }, false],
  ['plain http on 127.0.0.1', { host: '127.0.0.1:8080' }, false],
  ['plain http on another host', { host: 'belay.example.org' }, true],
  ['https on localhost', { host: 'localhost', 'x-forwarded-proto': 'https' }, true],
  ['https on another host', { host: 'belay.example.org', 'x-forwarded-proto': 'https' }, true]
])('on %s the cookie is Secure: %s', async (_, headers, secure) => {
  const { email, password } = await register(people)
  const answer = await logIn({ email, password }, { ...headers, 'x-belay-gateway': gatewaySecret })
  expect(cookieAttributes(answer).includes('Secure')).toBe(secure)
})
