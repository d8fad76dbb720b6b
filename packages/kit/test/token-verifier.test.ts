import { createHmac } from 'node:crypto'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BusUnavailable } from '@belay/bus'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTokenVerifier, type ExternalIdentity, InvalidToken, ServiceUnavailable } from '../src/index.ts'
import { createSigner, ownClaims, type Signer, silentBus, userId } from './tokens.ts'

const config = { TOKEN_ISSUER: 'belay', TOKEN_AUDIENCE: 'belay' }
let signer: Signer

beforeAll(async () => {
  signer = await createSigner('key-1', ownClaims)
})

function verifierOf(keys: JWK[] | (() => Promise<JWK[]>), clock = { now: () => new Date() }) {
  const fetchKeys = typeof keys === 'function' ? keys : async () => keys
  return createTokenVerifier({ bus: silentBus, config, clock, fetchKeys })
}

describe('own tokens', () => {
  test('a valid token has an owner, a sign-in and an expiry', async () => {
    const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000)
    const verified = await verifierOf([signer.jwk]).verify(await signer.sign({}, expiresAt))
    expect(verified).toEqual({ userId, signInId: ownClaims.sid, expiresAt })
  })

  test.each([
    ['of another issuer', { iss: 'someone' }],
    ['for another audience', { aud: 'someone' }],
    ['without a user', { sub: undefined }],
    ['for no UUID', { sub: "x' or 1=1" }],
    ['without a sign-in', { sid: undefined }],
    ['without an id', { jti: undefined }],
    ['without a time', { iat: undefined }]
  ])('a token %s is refused', async (_what, claims) => {
    await expect(verifierOf([signer.jwk]).verify(await signer.sign(claims))).rejects.toThrow(InvalidToken)
  })

  test.each(['', 'x', 'a.b.c', 'x'.repeat(10_000)])('an unreadable token is refused', async (token) => {
    await expect(verifierOf([signer.jwk]).verify(token)).rejects.toThrow(InvalidToken)
  })

  test('a token expires exactly on time, also one that was verified before', async () => {
    let now = new Date('2027-03-01T12:00:00Z')
    const verifier = verifierOf([signer.jwk], { now: () => now })
    const token = await signer.sign({ iat: now.getTime() / 1000 }, new Date('2027-03-01T12:00:02Z'))
    expect(await verifier.verify(token)).toMatchObject({ userId })
    now = new Date('2027-03-01T12:00:01.900Z')
    expect(await verifier.verify(token)).toMatchObject({ userId })
    now = new Date('2027-03-01T12:00:02Z')
    await expect(verifier.verify(token)).rejects.toThrow(InvalidToken)
  })

  test('a token without a signature, or signed with a public key as a shared secret, is refused', async () => {
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { ...ownClaims, exp: Math.floor(Date.now() / 1000) + 900 }
    const verifier = verifierOf([signer.jwk])
    await expect(verifier.verify(`${base64({ alg: 'none' })}.${base64(claims)}.`)).rejects.toThrow(InvalidToken)
    const signed = `${base64({ alg: 'HS256', kid: 'key-1' })}.${base64(claims)}`
    const mac = createHmac('sha256', signer.jwk.x ?? '')
      .update(signed)
      .digest('base64url')
    await expect(verifier.verify(`${signed}.${mac}`)).rejects.toThrow(InvalidToken)
  })

  test('a key that names no algorithm, or a foreign one, verifies nothing', async () => {
    const { alg: _alg, ...nameless } = signer.jwk
    await expect(verifierOf([nameless]).verify(await signer.sign())).rejects.toThrow(InvalidToken)
    const odd = await createSigner('key-1', ownClaims, 'ES384')
    await expect(verifierOf([odd.jwk]).verify(await odd.sign())).rejects.toThrow(InvalidToken)
  })

  test('an unknown key is fetched, but at most once a second', async () => {
    const next = await createSigner('key-2', ownClaims)
    const stranger = await createSigner('key-3', ownClaims)
    let keys = [signer.jwk]
    let fetched = 0
    let now = new Date()
    const verifier = verifierOf(
      async () => {
        fetched += 1
        return keys
      },
      { now: () => now }
    )
    await verifier.verify(await signer.sign())
    keys = [signer.jwk, next.jwk]
    await expect(verifier.verify(await next.sign())).rejects.toThrow(InvalidToken)
    expect(fetched).toBe(1)
    now = new Date(now.getTime() + 1_001)
    expect(await verifier.verify(await next.sign({ jti: 'x' }))).toMatchObject({ userId })
    expect(fetched).toBe(2)
    const strangers = await Promise.all([stranger.sign({ jti: '1' }), stranger.sign({ jti: '2' })])
    await Promise.all(strangers.map((token) => expect(verifier.verify(token)).rejects.toThrow(InvalidToken)))
    expect(fetched).toBe(2)
  })

  test('while keys cannot be fetched, known ones work and unknown ones do not make the token invalid', async () => {
    let isAway = true
    let now = new Date()
    const verifier = verifierOf(
      async () => {
        if (isAway) throw new BusUnavailable('away')
        return [signer.jwk]
      },
      { now: () => now }
    )
    await expect(verifier.verify(await signer.sign())).rejects.toThrow(BusUnavailable)
    isAway = false
    await verifier.verify(await signer.sign())
    isAway = true
    now = new Date(now.getTime() + 400_000)
    expect(await verifier.verify(await signer.sign({ jti: 'later' }))).toMatchObject({ userId })
    const rotated = await createSigner('key-9', ownClaims)
    await expect(verifier.verify(await rotated.sign())).rejects.toThrow(BusUnavailable)
  })
})

describe('tokens of the host app', () => {
  const AUTH_ISSUER = 'https://idp.example'
  let provider: Signer
  let server: HttpServer
  let AUTH_JWKS_URL: string
  const seen: ExternalIdentity[] = []

  beforeAll(async () => {
    provider = await createSigner('idp-1', { iss: AUTH_ISSUER, aud: 'app', sub: 'auth0|7' }, 'RS256')
    server = createServer((_request, response) => response.end(JSON.stringify({ keys: [provider.jwk] })))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    AUTH_JWKS_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  const verifierFor = (url: string) =>
    createTokenVerifier({
      bus: silentBus,
      config: { ...config, AUTH_JWKS_URL: url, AUTH_ISSUER, AUTH_AUDIENCE: 'app' },
      clock: { now: () => new Date() },
      fetchKeys: async () => [signer.jwk],
      resolveIdentity: async (identity) => {
        seen.push(identity)
        return userId
      }
    })

  test('are accepted as well, and their owner is looked up once per token', async () => {
    const verifier = verifierFor(AUTH_JWKS_URL)
    const token = await provider.sign({ email: 'a@example.org', email_verified: true, name: 'Ada' })
    expect(await verifier.verify(token)).toMatchObject({ userId, signInId: undefined })
    await verifier.verify(token)
    expect(seen.splice(0)).toEqual([{ issuer: AUTH_ISSUER, subject: 'auth0|7', email: 'a@example.org', name: 'Ada' }])
  })

  test('an address that the provider has not verified is not passed on', async () => {
    await verifierFor(AUTH_JWKS_URL).verify(await provider.sign({ email: 'victim@example.org' }))
    expect(seen.splice(0)).toEqual([{ issuer: AUTH_ISSUER, subject: 'auth0|7' }])
  })

  test('the provider cannot sign for Belay, and Belay cannot sign for the provider', async () => {
    const verifier = verifierFor(AUTH_JWKS_URL)
    await expect(verifier.verify(await provider.sign({ ...ownClaims }))).rejects.toThrow(InvalidToken)
    await expect(verifier.verify(await signer.sign({ iss: AUTH_ISSUER, aud: 'app' }))).rejects.toThrow(InvalidToken)
  })

  test.each([[5], [''], ['a\0b'], ['\ud800'], ['x'.repeat(256)], [null], [{}]])('%j is not a subject', async (sub) => {
    await expect(verifierFor(AUTH_JWKS_URL).verify(await provider.sign({ sub }))).rejects.toThrow(InvalidToken)
    expect(seen).toEqual([])
  })

  test('clocks may differ by at most a minute', async () => {
    const verifier = verifierFor(AUTH_JWKS_URL)
    expect(await verifier.verify(await provider.sign({}, new Date(Date.now() - 30_000)))).toMatchObject({ userId })
    await expect(verifier.verify(await provider.sign({}, new Date(Date.now() - 90_000)))).rejects.toThrow(InvalidToken)
  })

  test('an unreachable provider does not make the token invalid', async () => {
    await expect(verifierFor('http://127.0.0.1:1/jwks').verify(await provider.sign())).rejects.toThrow(
      ServiceUnavailable
    )
  })

  test('without a configured provider, Belay accepts no foreign token', async () => {
    await expect(verifierOf([signer.jwk]).verify(await provider.sign())).rejects.toThrow(InvalidToken)
  })
})
