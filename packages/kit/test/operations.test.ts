import { Id, PersonSummary } from '@belay/contracts'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLogger, createServer, NotReady, requestUrl, type Server } from '../src/index.ts'

const config = { LOG_LEVEL: 'info', PUBLIC_URL: 'https://meet.example/ignored' } as const
const lines: string[] = []
let app: Server

beforeEach(() => {
  lines.length = 0
  const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) })
  app = createServer({ service: 'test', config, logger })
})
afterEach(() => app.close())

const logged = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line))

describe('health', () => {
  test('a running process is alive without its dependencies, and ready only with all of them', async () => {
    let isAway = false
    app.health.addCheck('database', async () => {
      if (isAway) throw new Error('password of the database is hunter2')
    })
    app.health.addCheck('nats', async () => undefined)
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok', checks: { database: 'ok', nats: 'ok' } })
    isAway = true
    const unready = await app.inject('/readyz')
    expect([unready.statusCode, unready.headers['retry-after'], unready.json()]).toEqual([
      503,
      '1',
      { status: 'unavailable', checks: { database: 'unavailable', nats: 'ok' } }
    ])
    expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' })
  })

  test('a check that hangs fails after its timeout', async () => {
    app.health.addCheck('slow', () => new Promise(() => undefined), 30)
    expect((await app.inject('/readyz')).json()).toMatchObject({ checks: { slow: 'unavailable' } })
  })

  test('a check can add details', async () => {
    app.health.addCheck('services', () => Promise.reject(new NotReady({ chat: 'unavailable' })))
    expect((await app.inject('/readyz')).json()).toMatchObject({ checks: { services: { chat: 'unavailable' } } })
  })

  test('a process that is about to stop is not ready, but still serves', async () => {
    app.get('/api/thing', async () => ({ ok: true }))
    app.health.drain()
    expect((await app.inject('/readyz')).json()).toMatchObject({ status: 'shutting down' })
    expect((await app.inject('/api/thing')).statusCode).toBe(200)
  })
})

test('requests are measured by route, never by path', async () => {
  app.get('/api/things/:id', async () => ({}))
  await app.inject('/api/things/secret-id')
  await app.inject('/api/unknown/secret-id')
  const { body } = await app.inject('/metrics')
  expect(body).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/api\/things\/:id"[^}]*\} 1/)
  expect(body).toContain('process_cpu_user_seconds_total')
  expect(body).not.toContain('secret-id')
})

describe('logs', () => {
  test('a successful request is not logged, a failed one is one line with its ids and without its query', async () => {
    app.get('/api/well', async () => ({}))
    app.get('/api/ill', async () => {
      throw Object.assign(new Error('boom'), { detail: 'Key (email)=(ada@example.org) exists' })
    })
    await app.inject('/api/well?token=hidden')
    expect(lines).toEqual([])
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await app.inject({ url: '/api/ill?token=hidden', headers: { traceparent, 'x-request-id': 'request-0001' } })
    expect(logged()).toEqual([
      expect.objectContaining({
        level: 'error',
        service: 'test',
        request_id: 'request-0001',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
        req: { method: 'GET', path: '/api/ill' }
      }),
      expect.objectContaining({ level: 'info', msg: 'request completed', res: { status: 500 } })
    ])
    expect(lines.join('')).not.toMatch(/hidden|ada@example/)
  })

  test('secrets are removed wherever they appear', async () => {
    const secrets = {
      password: 'pw-1',
      token: 'tk-1',
      headers: { authorization: 'Bearer tk-2', cookie: 'c-1', 'set-cookie': 's-1' }
    }
    app.logger.info(
      { ...secrets, req: { method: 'GET', url: '/x?token=tk-3' }, body: { refresh_token: 'tk-4' } },
      'careless'
    )
    app.logger.info({ user: { password: 'pw-2' }, reply: secrets }, 'more careless')
    expect(lines.join('')).not.toMatch(/pw-\d|tk-\d|c-1|s-1/)
  })

  test.each(['<script>', 'short', 'a'.repeat(200), 'line\nbreak'])(
    'the request id %j is not taken over',
    async (id) => {
      const response = await app.inject({ url: '/livez', headers: { 'x-request-id': id } })
      expect(response.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    }
  )
})

test('the API describes itself: named schemas once, login where it is required', async () => {
  app.register(async (inner) => {
    const routes: Server = inner.withTypeProvider()
    const response = { 200: Type.Object({ inviter: PersonSummary, invitee: PersonSummary }) }
    routes.get(
      '/api/things/:id',
      { schema: { summary: 'A thing', params: Type.Object({ id: Id }), response } },
      async () => ({
        inviter: { id: '0192d1a0-abcd-7000-8000-00000000000a', display_name: 'Ada', avatar: null },
        invitee: { id: '0192d1a0-abcd-7000-8000-00000000000b', display_name: 'Max', avatar: null }
      })
    )
    routes.post('/auth/login', { config: { auth: 'none' }, schema: {} }, async () => ({}))
    routes.get('/api/v1/matches', { schema: {} }, async () => ({}))
  })
  expect((await app.inject('/api/things/0192d1a0-abcd-7000-8000-00000000000a')).json()).toMatchObject({
    invitee: { avatar: null }
  })
  const document = (await app.inject('/openapi.json')).json()
  expect(document).toMatchObject({
    openapi: '3.1.0',
    security: [{ bearer: [] }],
    components: {
      schemas: { Problem: { type: 'object' }, PersonSummary: { type: 'object' } },
      securitySchemes: { bearer: { scheme: 'bearer' } }
    }
  })
  expect(Object.keys(document.paths).toSorted()).toEqual(['/api/things/{id}', '/api/v1/matches', '/auth/login'])
  expect(document.paths['/auth/login'].post.security).toEqual([])
  expect(JSON.stringify(document)).not.toContain('$id')
  expect(JSON.stringify(document.paths['/auth/login'])).toContain('#/components/schemas/Problem')
  expect(JSON.stringify(document.paths['/api/v1/matches'])).toContain('#/components/schemas/VibesMatchFailure')
  expect(JSON.stringify(document.paths['/api/things/{id}'])).toContain('#/components/schemas/PersonSummary')
})

test('links of pages use the public origin, for any form of the path', async () => {
  app.get('/*', async (request) => ({ url: requestUrl(request).href }))
  expect((await app.inject('/api/things?page=2')).json()).toEqual({ url: 'https://meet.example/api/things?page=2' })
  expect((await app.inject('//evil.example/x')).json()).toEqual({ url: 'https://meet.example//evil.example/x' })
})
