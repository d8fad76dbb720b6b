import { Client } from 'undici'
import { describe, expect, test } from 'vitest'
import { compositions } from './lib/gateway.ts'
import { standIn } from './lib/stand-in.ts'

const page = 'https://app.example.org'
const preflight = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' }

describe.each(compositions)('%s', (_composition, startGateway) => {
  test('pages of listed origins may call with credentials, others may not', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url, {
      NODE_ENV: 'production',
      CORS_ORIGINS: `https://other.example, ${page}`
    })
    const allowed = await api.call('OPTIONS', '/api/users/me/', undefined, { origin: page, ...preflight })
    expect(allowed).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true' }
    })
    expect(allowed.headers['access-control-allow-methods']).toMatch('PATCH')
    expect(allowed.headers['access-control-allow-headers']).toMatch('authorization')
    expect(service.asked).toHaveLength(0)
    for (const origin of ['https://evil.example', 'http://localhost:3000']) {
      const refused = await api.get('/api/users/me/', { origin })
      expect(refused.headers).not.toHaveProperty('access-control-allow-origin')
    }
    const answer = await api.get('/api/users/me/', { origin: page })
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': page, vary: 'Origin' })
    expect(answer.headers['access-control-expose-headers']).toMatch('retry-after')
  })

  test('an OPTIONS request that is not a preflight is not an error', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url)
    expect(await api.call('OPTIONS', '/api/users/me/')).toMatchObject({ status: 204 })
    expect(service.asked).toHaveLength(0)
  })

  test('outside production pages on any local port may call', async () => {
    const { api } = await startGateway(await standIn().then(({ url }) => url))
    const answer = await api.get('/api/users/me/', { origin: 'http://localhost:5173' })
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:5173')
  })

  test('responses have headers that protect browsers', async () => {
    const { api } = await startGateway(await standIn().then(({ url }) => url))
    for (const path of ['/api/users/me/', '/nothing']) {
      const { headers } = await api.get(path)
      expect(headers['content-security-policy']).toMatch("default-src 'none'")
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
      expect(headers).not.toHaveProperty('x-powered-by')
    }
  })

  test('a flood from one address is rejected in the dialect of each path; health is not', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url, { GATEWAY_REQUESTS_PER_MINUTE: '3' })
    for (let call = 0; call < 3; call += 1) {
      const answer = await api.get('/api/trips')
      expect(answer.status).toBe(200)
      expect(answer.headers).not.toHaveProperty('x-ratelimit-limit')
    }
    const problem = await api.get('/api/trips')
    expect(problem).toMatchObject({ status: 429, body: { code: 'RATE_LIMIT_EXCEEDED' } })
    expect(Number(problem.headers['retry-after'])).toBeGreaterThan(0)
    const envelope = await api.post('/api/v1/users/1/block')
    expect(envelope).toMatchObject({ status: 429, body: { success: false, error: { code: 'RATE_LIMIT_EXCEEDED' } } })
    expect(await api.get('/livez')).toMatchObject({ status: 200 })
    expect(service.asked).toHaveLength(3)
  })

  test('behind a trusted proxy each client has its own count', async () => {
    const service = await standIn()
    const env = { GATEWAY_REQUESTS_PER_MINUTE: '1', TRUSTED_PROXIES: 'loopback' }
    const { api } = await startGateway(service.url, env)
    const from = (address: string) => api.get('/api/trips', { 'x-forwarded-for': address })
    expect([(await from('203.0.113.1')).status, (await from('203.0.113.2')).status]).toEqual([200, 200])
    expect((await from('203.0.113.1')).status).toBe(429)
  })

  test('RATE_LIMITS=off disables the limit', async () => {
    const env = { GATEWAY_REQUESTS_PER_MINUTE: '1', RATE_LIMITS: 'off' }
    const { api } = await startGateway(await standIn().then(({ url }) => url), env)
    for (let call = 0; call < 3; call += 1) expect(await api.get('/api/trips')).toMatchObject({ status: 200 })
  })

  test('a path cannot traverse out of the paths of its service', async () => {
    const service = await standIn()
    const { url } = await startGateway(service.url)
    const client = new Client(url)
    const paths = ['/api/users/../../metrics', '/api/users/%2e%2e/%2e%2e/metrics', '/api/users/..%2f..%2fmetrics']
    for (const path of paths) await (await client.request({ method: 'GET', path })).body.dump()
    await client.close()
    expect(service.asked.map((asked) => asked.url)).toEqual(paths)
  })
})
