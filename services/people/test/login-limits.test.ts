import { createApi } from '@belay/testing'
import { expect, test } from 'vitest'
import { statusesOf } from './support/answers.ts'
import { gatewaySecret, register, usePeople } from './support/people.ts'

// Guesses at one account wait for each other, each with a connection.
const people = usePeople({ replicas: 2, env: { DATABASE_POOL_MAX: '24' } })
let addresses = 0
/** A caller's address that no other test uses, as the gateway passes it on. */
const newAddress = () => ({ 'x-forwarded-for': `198.51.100.${++addresses}`, 'x-belay-gateway': gatewaySecret })
const logIn = (body: { email: string; password: string }, headers: Record<string, string>, replica = 0) =>
  createApi(people.urls[replica] ?? '').post('/auth/login', body, headers)

async function failTenTimes(email: string, headers: () => Record<string, string>) {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const answer = await logIn({ email, password: 'not the password' }, headers(), attempt % 2)
    expect(answer.status).toBe(401)
  }
}

test('after ten failures an account is closed to every address and on every replica, even to the right password', async () => {
  const { email, password } = await register(people)
  await failTenTimes(email, newAddress)
  for (const replica of [0, 1]) {
    const answer = await logIn({ email: email.toUpperCase(), password }, newAddress(), replica)
    expect(answer.status).toBe(429)
    expect(answer.body).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', detail: expect.any(String) })
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(900)
    expect(answer.headers['ratelimit']).toEqual(expect.any(String))
    expect(answer.headers['ratelimit-policy']).toEqual(expect.any(String))
  }
})

test('after ten failures an address is closed to every account', async () => {
  const { email, password } = await register(people)
  const address = newAddress()
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await logIn({ email: `guess-${attempt}@example.org`, password: 'not the password' }, address)
  }
  expect((await logIn({ email, password }, address)).status).toBe(429)
  expect((await logIn({ email, password }, newAddress())).status).toBe(200)
})

test('an unknown account is closed after ten failures as well, so that the limit reveals nothing', async () => {
  await failTenTimes('nobody@example.org', newAddress)
  expect((await logIn({ email: 'nobody@example.org', password: 'x' }, newAddress())).status).toBe(429)
})

test('successes do not count', async () => {
  const { email, password } = await register(people)
  const address = newAddress()
  for (let attempt = 0; attempt < 12; attempt += 1) {
    expect((await logIn({ email, password }, address, attempt % 2)).status).toBe(200)
  }
})

test('of simultaneous guesses at most ten are evaluated, and the right one after them is rejected', async () => {
  const { email, password } = await register(people)
  const guess = (replica: number) => logIn({ email, password: 'not the password' }, newAddress(), replica)
  const guesses = await Promise.all(Array.from({ length: 24 }, (_, index) => guess(index % 2)))
  const statuses = statusesOf(guesses)
  expect(statuses.filter((status) => status === 401)).toHaveLength(10)
  expect(statuses.filter((status) => status === 429)).toHaveLength(14)
  expect((await logIn({ email, password }, newAddress())).status).toBe(429)
})

test('only the gateway is trusted: a direct caller’s own address counts, not its headers', async () => {
  const { email, password } = await register(people)
  const said = { 'x-forwarded-for': '203.0.113.77', 'x-belay-gateway': 'a-gateway-of-another-system-that-is-long' }
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const spoofed = { ...said, 'x-forwarded-for': `203.0.113.${attempt}` }
    await logIn({ email: `spoof-${attempt}@example.org`, password: 'not the password' }, spoofed)
  }
  expect((await logIn({ email, password }, said)).status).toBe(429)
})

test('wrong passwords for erasing the account count as failed logins', async () => {
  const { api, email, password } = await register(people)
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const answer = await api.delete('/api/users/me/', { password: 'not the password' }, newAddress())
    expect(answer.status).toBe(403)
  }
  expect((await api.delete('/api/users/me/', { password }, newAddress())).status).toBe(429)
  expect((await logIn({ email, password }, newAddress())).status).toBe(429)
})

test('after fifteen minutes the account is open again', async () => {
  const { email, password } = await register(people)
  await failTenTimes(email, newAddress)
  expect((await logIn({ email, password }, newAddress())).status).toBe(429)
  people.passSeconds(15 * 60 + 1)
  expect((await logIn({ email, password }, newAddress())).status).toBe(200)
})

test('the limit has its own variables and can be switched off', async () => {
  await people.startReplica({ LIMIT_LOGIN_FAILURES_PER_15_MINUTES: '2' })
  await people.startReplica({ RATE_LIMITS: 'off' })
  const statuses = async (replica: number, email: string) => {
    const seen: number[] = []
    for (let attempt = 0; attempt < 4; attempt += 1) {
      seen.push((await logIn({ email, password: 'not the password' }, newAddress(), replica)).status)
    }
    return seen
  }
  expect(await statuses(2, 'two@example.org')).toEqual([401, 401, 429, 429])
  expect(await statuses(3, 'off@example.org')).toEqual([401, 401, 401, 401])
})
