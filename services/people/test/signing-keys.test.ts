import { connectBus } from '@belay/bus'
import { ListSigningKeys } from '@belay/contracts'
import { createLogger } from '@belay/kit'
import { createApi } from '@belay/testing'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { register, usePeople } from './support/people.ts'

const day = 86_400
const people = usePeople({ env: { RATE_LIMITS: 'off' }, replicas: 2 })
const keySet = async (replica = 0) => createApi(people.urls[replica] ?? '').get('/.well-known/jwks.json')
const kids = async (replica = 0) => (await keySet(replica)).body.keys.map(({ kid }: { kid: string }) => kid)
const newToken = async () => (await register(people)).token
const kidOf = (token: string) => decodeProtectedHeader(token).kid
const rotateAll = async () => {
  for (const app of people.apps) await app.people.keys.rotateIfDue()
}

test('any JWKS client can verify a token', async () => {
  const token = await newToken()
  const keys = createRemoteJWKSet(new URL(`${people.url}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(token, keys, { algorithms: ['RS256'] })
  expect(payload.sub).toEqual(expect.any(String))
})

test('the key set may be cached for five minutes and holds nothing private', async () => {
  const answer = await keySet()
  expect(answer.headers['cache-control']).toBe('public, max-age=300')
  expect(answer.headers['content-type']).toContain('application/json')
  for (const key of answer.body.keys) {
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  }
})

test('replicas share one key', async () => {
  expect(await kids(0)).toHaveLength(1)
  expect(await kids(1)).toEqual(await kids(0))
})

test('other services get the same keys by asking', async () => {
  const bus = await connectBus({
    url: people.nats.url,
    name: 'people-tests',
    log: createLogger({ service: 'people-tests', level: 'silent' })
  })
  const { keys } = await bus.ask(ListSigningKeys, {})
  await bus.close()
  expect(keys).toEqual((await keySet()).body.keys)
})

test('the private part is stored sealed', async () => {
  const [row] = await people.sql(
    `select sealed_private_key is not null as stored,
      position('PRIVATE KEY'::bytea in sealed_private_key) as plain_at from signing_keys`
  )
  expect(row).toEqual({ stored: true, plain_at: 0 })
})

test('a new key is published before it signs, by one replica alone, and old tokens outlive the change', async () => {
  const [first] = await kids()
  people.passSeconds(30 * day - 599)
  await Promise.all(people.apps.map((app) => app.people.keys.rotateIfDue()))
  await rotateAll()
  const [second] = (await kids()).filter((kid: string) => kid !== first)
  expect(await kids()).toEqual([second, first])
  const old = await newToken()
  expect(kidOf(old)).toBe(first)

  people.passSeconds(600)
  await rotateAll()
  expect(kidOf(await newToken())).toBe(second)
  expect((await createApi(people.url, old).get('/auth/me')).status).toBe(200)
  expect(await kids(1)).toContain(first)
})

test('a key that no valid token needs is no longer published', async () => {
  const [current, ...others] = (await people.sql('select id from signing_keys order by signs_from desc')).map(
    ({ id }) => id
  )
  expect(others).toHaveLength(1)
  people.passSeconds(2 * 3600)
  await rotateAll()
  expect(await kids()).toEqual([current])
})

test('a replica with another secret signs with a key of its own, and tokens of both are good everywhere', async () => {
  const odd = await people.startReplica({ KEY_ENCRYPTION_SECRET: 'another-secret-that-is-long-enough-too' })
  expect(await kids(0)).toHaveLength(2)
  const address = people.urls.at(-1) ?? ''
  const token = (await register({ url: address })).token
  for (const url of people.urls) expect((await createApi(url, token).get('/auth/me')).status).toBe(200)
  await odd.people.keys.rotateIfDue()
  await rotateAll()
  expect(await kids(0)).toHaveLength(2)
})

test('tokens of other issuers are rejected', async () => {
  const token = await newToken()
  const [header = '', payload = '', signature = ''] = token.split('.')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const decoded = JSON.parse(Buffer.from(payload, 'base64url').toString())
  for (const forged of [
    `${encode({ alg: 'none' })}.${payload}.`,
    `${encode({ alg: 'HS256', kid: kidOf(token) })}.${payload}.${signature}`,
    `${header}.${encode({ ...decoded, sub: '0197b1a4-0000-7000-8000-000000000000' })}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    'x'.repeat(8192)
  ]) {
    expect((await createApi(people.url, forged).get('/auth/me')).status).toBe(401)
  }
})

test('an access token ends after fifteen minutes', async () => {
  const token = await newToken()
  people.passSeconds(14 * 60)
  expect((await createApi(people.url, token).get('/auth/me')).status).toBe(200)
  people.passSeconds(3 * 60)
  expect((await createApi(people.url, token).get('/auth/me')).status).toBe(401)
})

test('without a signing key a login is answered 503, until the next look at the keys makes one', async () => {
  const { email, password } = await register(people)
  await people.sql('delete from signing_keys')
  await keySet()

  const refused = await createApi(people.url).post('/auth/login', { email, password })
  expect([refused.status, refused.body.code]).toEqual([503, 'NO_SIGNING_KEY'])

  await rotateAll()
  expect((await createApi(people.url).post('/auth/login', { email, password })).status).toBe(200)
})
