import { describe, expect, test } from 'vitest'
import { compositions } from './lib/gateway.ts'
import { standIn } from './lib/stand-in.ts'

describe.each(compositions)('%s', (_composition, startGateway) => {
  test('a request reaches its service unchanged, with and without a trailing slash', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url)
    const body = '{"body": "  a\u0000 ö \ud83e\uddd7 "  ,}'
    for (const path of ['/api/sessions/1/messages', '/api/sessions/1/messages/?after=%C3%B6&after=2']) {
      await api.call('POST', path, body)
      expect(service.asked.at(-1)).toMatchObject({ method: 'POST', url: path, body: Buffer.from(body) })
    }
  })

  test('a body of another type, a broken one and none pass through untouched', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url)
    await api.call('POST', '/api/trips', '<trip/>', { 'content-type': 'text/xml; charset=latin1' })
    expect(service.asked[0]).toMatchObject({ headers: { 'content-type': 'text/xml; charset=latin1' } })
    expect(String(service.asked[0]?.body)).toBe('<trip/>')
    await api.call('DELETE', '/api/notifications/1')
    expect(service.asked[1]).toMatchObject({ method: 'DELETE', body: Buffer.alloc(0) })
  })

  test('each path goes to the service that owns it', async () => {
    const [people, sessions, chat, notifications] = await Promise.all([standIn(), standIn(), standIn(), standIn()])
    const { api } = await startGateway(people.url, {
      SESSIONS_URL: sessions.url,
      CHAT_URL: chat.url,
      NOTIFICATIONS_URL: notifications.url
    })
    const paths = {
      people: [
        people,
        '/auth/login',
        '/api/auth/refresh/',
        '/api/users/me/',
        '/api/v1/users/1/block',
        '/.well-known/jwks.json'
      ],
      sessions: [
        sessions,
        '/api/trips/',
        '/api/trips/1',
        '/api/sessions',
        '/api/sessions/1/',
        '/api/sessions/1/accept/',
        '/api/feedback/stats/'
      ],
      chat: [chat, '/api/sessions/1/messages/', '/api/sessions/1/mark-read'],
      notifications: [notifications, '/api/notifications', '/api/notifications/unread_count/']
    } as const
    for (const [service, ...owned] of Object.values(paths)) {
      for (const path of owned) await api.get(path)
      expect(service.asked.map(({ url }) => url)).toEqual(owned)
    }
  })

  test('headers of a client about its address, its request and proxies are not trusted', async () => {
    const service = await standIn()
    const { api, url } = await startGateway(service.url)
    await api.get('/api/users/me', {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-user': 'admin',
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
      'x-request-id': 'bad id\t',
      'x-test-user-id': 'user-1'
    })
    const headers = service.asked[0]?.headers
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(url).host,
      'x-forwarded-proto': 'http',
      'x-test-user-id': 'user-1'
    })
    expect(headers?.['x-request-id']).toMatch(/^[\w-]{36}$/)
    for (const name of ['forwarded', 'x-real-ip', 'x-forwarded-user']) expect(headers).not.toHaveProperty(name)
  })

  test('a trusted proxy provides the client address', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url, { TRUSTED_PROXIES: 'loopback, 10.0.0.0/8' })
    await api.get('/api/users/me', {
      'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.1.2.3',
      'x-forwarded-host': 'belay.example.org',
      'x-forwarded-proto': 'https'
    })
    expect(service.asked[0]?.headers).toMatchObject({
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'belay.example.org',
      'x-forwarded-proto': 'https'
    })
  })

  test('hop-by-hop headers are not passed on', async () => {
    const service = await standIn((_asked, response) => {
      response.writeHead(200, { 'keep-alive': 'timeout=1', 'x-kept': 'yes', 'content-length': 0 }).end()
    })
    const { api } = await startGateway(service.url)
    const answer = await api.get('/api/users/me', { te: 'trailers', 'proxy-authorization': 'Basic x', 'x-kept': 'yes' })
    expect(service.asked[0]?.headers).toMatchObject({ 'x-kept': 'yes' })
    expect(service.asked[0]?.headers).not.toHaveProperty('te')
    expect(service.asked[0]?.headers).not.toHaveProperty('proxy-authorization')
    expect(answer.headers).toMatchObject({ 'x-kept': 'yes', 'keep-alive': 'timeout=72' })
  })

  test('a well-formed request id is passed on and returned', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url)
    const answer = await api.get('/api/users/me', { 'x-request-id': 'my-request-1' })
    expect(service.asked[0]?.headers['x-request-id']).toBe('my-request-1')
    expect(answer.headers['x-request-id']).toBe('my-request-1')
  })

  test('status, headers and body of a response are unchanged, short or endless', async () => {
    const large = 'x'.repeat(1_000_000)
    const service = await standIn(({ url }, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2'])
      response.setHeader('vary', 'Accept')
      if (url.endsWith('204')) return void response.writeHead(204).end()
      if (url.endsWith('head')) return void response.writeHead(200, { 'content-length': 5 }).end()
      response.writeHead(418, { 'content-type': 'text/plain' }).end(large)
    })
    const { api } = await startGateway(service.url)
    const answer = await api.get('/api/users/teapot')
    expect(answer.status).toBe(418)
    expect(answer.headers).toMatchObject({
      'set-cookie': ['a=1', 'b=2'],
      vary: 'Origin, Accept',
      'content-type': 'text/plain'
    })
    expect(answer.body).toBe(large)
    expect(await api.get('/api/users/204')).toMatchObject({ status: 204, body: undefined })
    expect(await api.call('HEAD', '/api/users/head')).toMatchObject({ status: 200, headers: { 'content-length': '5' } })
  })

  test('a body that no service would accept is rejected by the gateway, one that a service may reject is not', async () => {
    const service = await standIn()
    const { api } = await startGateway(service.url)
    const answer = await api.post('/api/trips', 'x'.repeat(310 * 1024))
    expect(answer).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE', status: 413 } })
    expect(answer.headers['content-type']).toMatch('application/problem+json')
    await api.post('/api/trips', 'x'.repeat(257 * 1024))
    expect(service.asked).toHaveLength(1)
  })

  test.each([
    ['/nothing', 'problem'],
    ['/ws-nothing/at/all', 'problem'],
    ['/api/v1/nothing', 'envelope']
  ])('an unknown path gets the error of its front door: %s', async (path, kind) => {
    const { api } = await startGateway(await standIn().then(({ url }) => url))
    const { status, headers, body } = await api.get(path)
    expect(status).toBe(404)
    if (kind === 'envelope')
      expect(body).toEqual({ success: false, error: { code: 'NOT_FOUND', message: 'Not found' } })
    else {
      expect(headers['content-type']).toMatch('application/problem+json')
      expect(body).toMatchObject({ status: 404, code: 'NOT_FOUND', detail: 'Not found', instance: path })
      expect(body.request_id).toBe(headers['x-request-id'])
    }
  })
})
