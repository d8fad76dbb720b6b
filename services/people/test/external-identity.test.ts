import { createServer, type Server } from 'node:http'
import { collectEvents, createApi, eventually } from '@belay/testing'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { originOf } from './support/origin.ts'
import { register, usePeople } from './support/people.ts'

const issuer = 'https://id.example.org/'
const audience = 'belay-of-the-host-app'
const pair = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const provider = await serve({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'host', alg: 'ES256' }] })
afterAll(() => new Promise((resolve) => void provider.close(resolve)))

const people = usePeople({
  replicas: 2,
  env: { AUTH_JWKS_URL: `${originOf(provider)}/jwks`, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, RATE_LIMITS: 'off' }
})

async function serve(body: unknown): Promise<Server> {
  const server = createServer((_request, response) => response.end(JSON.stringify(body)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

let subjects = 0
const newSubject = () => `auth0|${++subjects}`

async function tokenOf(subject: string, claims: Record<string, unknown> = {}, key = pair.privateKey) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'host' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(key)
}

const verified = (email: string) => ({ email, email_verified: true })

const me = async (token: string, replica = 0) => createApi(people.urls[replica] ?? '', token).get('/auth/me')

test('the first token of a person creates their account, with the name and address of the token', async () => {
  const token = await tokenOf(newSubject(), { name: ' Ada Lovelace ', ...verified('ada@id.example.org') })
  const first = await me(token)
  expect(first.status).toBe(200)
  expect(first.body).toMatchObject({ display_name: 'Ada Lovelace', email: 'ada@id.example.org', tier: 'free' })
  expect((await me(token, 1)).body.id).toBe(first.body.id)
})

test('many first tokens at the same instant, on all replicas, create one account and publish it once', async () => {
  const token = await tokenOf(newSubject(), { name: 'Twin' })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => me(token, index % 2)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
  const ids = new Set(answers.map(({ body }) => body.id))
  expect(ids.size).toBe(1)
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.registered.v1')
    expect(events.filter(({ subject }) => ids.has(subject))).toHaveLength(1)
  })
})

test('an address that another account has stays with that account', async () => {
  const owner = await register(people)
  const { status, body } = await me(await tokenOf(newSubject(), verified(owner.email.toUpperCase())))
  expect(status).toBe(200)
  expect(body.id).not.toBe(owner.id)
  expect(body.email).toBeNull()
  expect((await owner.api.get('/auth/me')).body.email).toBe(owner.email)
})

test('an address that the provider has not verified is not taken', async () => {
  const { body } = await me(await tokenOf(newSubject(), { email: 'unproved@id.example.org', name: 'Eve' }))
  expect(body).toMatchObject({ display_name: 'Eve', email: null })
})

test('a token without a name gives the account a default one', async () => {
  expect((await me(await tokenOf(newSubject()))).body).toMatchObject({ display_name: 'New member', email: null })
  const { body } = await me(await tokenOf(newSubject(), verified('grace@id.example.org')))
  expect(body.display_name).toBe('grace')
})

test('names that no profile may have are corrected', async () => {
  const { body } = await me(await tokenOf(newSubject(), { name: `\u0000 ${'🧗'.repeat(200)}` }))
  expect(body.display_name).toBe('🧗'.repeat(120))
})

test('there is no password to log in with, nor to delete the account with', async () => {
  const token = await tokenOf(newSubject(), verified('no-password@id.example.org'))
  await me(token)
  const credentials = { email: 'no-password@id.example.org', password: 'any password' }
  expect((await createApi(people.url).post('/auth/login', credentials)).status).toBe(401)
  const answer = await createApi(people.url, token).delete('/api/users/me/', { password: 'any password' })
  expect(answer.status).toBe(403)
  expect(answer.body.code).toBe('ACCOUNT_MANAGED_ELSEWHERE')
})

test('a disabled person is rejected with any token', async () => {
  const token = await tokenOf(newSubject())
  const { body } = await me(token)
  await people.sql('update users set disabled = true where id = $1', [body.id])
  expect((await me(token)).status).toBe(403)
})

test('a token of the wrong key is rejected', async () => {
  expect((await me(await tokenOf(newSubject(), {}, stranger.privateKey))).status).toBe(401)
})

test('Belay’s own tokens are still accepted', async () => {
  const { token } = await register(people)
  expect((await me(token)).status).toBe(200)
})
