import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Id, Nullable, Text } from '@belay/contracts'
import { Type } from 'typebox'
import { afterEach, describe, expect, test } from 'vitest'
import { appError, createLogger, createServer, InvalidInput, type Server } from '../src/index.ts'

const SessionNotFound = appError('SESSION_NOT_FOUND', 'Session not found', 404)
const Locked = appError('LOCKED', 'It is %s', 400)

const Body = Type.Object({
  title: Text({ max: 5 }),
  note: Type.Optional(Nullable(Text({ min: 0, max: 5 }))),
  count: Type.Optional(Type.Integer()),
  ref: Type.Optional(Id),
  block: Type.Optional(Type.Union([Type.Literal('morning'), Type.Literal('afternoon')])),
  place: Type.Optional(Type.Object({ slug: Text({ max: 10 }) }))
})
const Page = Type.Object({ page: Type.Integer({ minimum: 1, default: 1 }), unread: Type.Optional(Type.Boolean()) })
const Params = Type.Object({ id: Id })

let app: Server
const lines: string[] = []

async function build(): Promise<Server> {
  lines.length = 0
  const logger = createLogger({ service: 'test', level: 'trace' }, { write: (line: string) => void lines.push(line) })
  app = createServer({ service: 'test', config: { LOG_LEVEL: 'info', PUBLIC_URL: 'http://localhost:8080' }, logger })
  app.register(async (inner) => {
    const routes: Server = inner.withTypeProvider()
    for (const prefix of ['/api/things', '/events/things', '/api/v1/things', '/api/session/things']) {
      routes.post(prefix, { schema: { body: Body } }, async (request) => request.body)
      routes.get(prefix, { schema: { querystring: Page } }, async (request) => request.query)
      routes.get(
        `${prefix}/:id`,
        { schema: { params: Params }, config: { notFound: SessionNotFound } },
        async (request) => request.params
      )
      routes.post(`${prefix}/:id/poke`, async () => ({ poked: true }))
    }
    routes.delete('/api/things', async (_request, reply) => reply.code(204).send())
    routes.get('/api/boom', async () => {
      throw new TypeError('secret internals')
    })
    routes.get('/api/locked', async () => {
      throw new Locked('closed')
    })
    routes.get('/auth/odd', async () => {
      throw new InvalidInput('Cursor is malformed', [{ field: 'cursor', message: 'is malformed' }])
    })
    routes.get('/api/away', async () => {
      throw Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })
    })
  })
  await app.ready()
  return app
}

afterEach(() => app.close())

async function post(url: string, payload: unknown, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload)
  })
}

describe('bodies', () => {
  test('text is trimmed before its length is checked, and lengths count code points', async () => {
    await build()
    expect((await post('/api/things', { title: '  ab  ' })).json()).toEqual({ title: 'ab' })
    expect((await post('/api/things', { title: '😀😀😀😀😀' })).statusCode).toBe(200)
    expect((await post('/api/things', { title: '😀😀😀😀😀😀' })).json().errors).toEqual([
      { field: 'title', message: 'must have at most 5 characters' }
    ])
    expect((await post('/api/things', { title: '   ' })).json().detail).toBe('title: must not be empty')
    expect((await post('/api/things', { title: 'a', note: ' b ' })).json()).toEqual({ title: 'a', note: 'b' })
    expect((await post('/api/things', { title: 'a', note: null })).json()).toEqual({ title: 'a', note: null })
  })

  test('text without visible characters is empty; invisible ones next to visible ones stay', async () => {
    await build()
    for (const blank of [
      '\u200b',
      '\u2060',
      '\u3164',
      '\u2800',
      '\ufe0f',
      '\u{e0100}',
      '\u00ad',
      '\u0007',
      ' \u200b '
    ]) {
      expect((await post('/api/things', { title: blank })).json().detail).toBe('title: must not be empty')
      expect((await post('/api/things', { title: 'a', note: blank })).json()).toEqual({ title: 'a', note: '' })
    }
    expect((await post('/api/things', { title: ' ❤\ufe0f\u200b ' })).json()).toEqual({ title: '❤\ufe0f\u200b' })
  })

  test.each([
    ['NUL', '{"title":"a\\u0000b"}'],
    ['half a surrogate pair', '{"title":"a\\ud800"}'],
    ['a number for a text', '{"title":1}'],
    ['a text for a number', '{"title":"a","count":"1"}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an id with a prefix', '{"title":"a","ref":"urn:uuid:0192d1a0-0000-7000-8000-000000000000"}'],
    ['broken JSON', '{"title":'],
    ['a poisoned prototype', '{"title":"a","__proto__":{"admin":true}}']
  ])('%s is refused', async (_what, payload) => {
    await build()
    expect((await post('/api/things', payload)).statusCode).toBe(400)
  })

  test.each([
    ['Latin-1', Buffer.from('{"title":"\u00f1"}', 'latin1')],
    ['an overlong form', Buffer.from('7b227469746c65223a22c0af227d', 'hex')],
    ['half a surrogate pair', Buffer.from('7b227469746c65223a22eda080227d', 'hex')],
    ['half a character at the end', Buffer.concat([Buffer.from('{"title":"a"}'), Buffer.from([0xc3])])]
  ])('a body in %s is refused as invalid input, and nothing in it is replaced', async (_what, payload) => {
    await build()
    for (const type of ['application/json', 'application/merge-patch+json', 'application/json; charset=latin1']) {
      const send = (url: string) => app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
      expect((await send('/api/things')).json()).toMatchObject({ status: 400, detail: 'body: must be UTF-8' })
      expect((await send('/events/things')).json()).toMatchObject({ status: 422, code: 'VALIDATION_ERROR' })
      expect((await send('/api/v1/things')).json()).toMatchObject({ error: { code: 'VALIDATION_ERROR' } })
    }
  })

  test('ids are converted to lower case, so that the same id is the same text', async () => {
    await build()
    const id = '0192D1A0-ABCD-7000-8000-00000000000F'
    expect((await post('/api/things', { title: 'a', ref: id })).json().ref).toBe(id.toLowerCase())
    expect((await app.inject(`/api/things/${id}`)).json().id).toBe(id.toLowerCase())
  })

  test('every violation is reported with the path of its field', async () => {
    await build()
    const response = await post('/api/things', { note: 5, count: 1.5, ref: 'x', block: 'night', place: {} })
    expect(response.json().errors).toEqual(
      expect.arrayContaining([
        { field: 'title', message: 'is required' },
        { field: 'note', message: 'must be a text' },
        { field: 'count', message: 'must be a whole number' },
        { field: 'ref', message: 'must be a UUID' },
        { field: 'block', message: 'must be one of: morning, afternoon' },
        { field: 'place.slug', message: 'is required' }
      ])
    )
    expect(response.json().errors).toHaveLength(6)
  })

  test('a call that needs no body accepts none, an empty one and {}', async () => {
    await build()
    const url = '/api/things/0192d1a0-abcd-7000-8000-00000000000f/poke/'
    const json = { 'content-type': 'application/json' }
    expect((await app.inject({ method: 'POST', url })).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url, headers: json })).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url, headers: json, payload: '' })).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url, headers: json, payload: '{}' })).statusCode).toBe(200)
    expect((await app.inject({ method: 'DELETE', url: '/api/things/', headers: json, payload: '' })).statusCode).toBe(
      204
    )
  })

  test('an empty body is reported to lack the required fields', async () => {
    await build()
    expect((await post('/api/things', '')).json().detail).toBe('title: is required')
  })

  test('other content types are 415, and bodies over 256 KiB are 413', async () => {
    await build()
    expect(
      (await post('/api/things', 'title=a', { 'content-type': 'application/x-www-form-urlencoded' })).json()
    ).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE'
    })
    expect((await post('/api/things', 'a', { 'content-type': 'text/plain' })).statusCode).toBe(415)
    expect((await post('/api/things', JSON.stringify({ title: 'a'.repeat(256 * 1024) }))).json()).toMatchObject({
      status: 413
    })
  })
})

describe('queries', () => {
  test('numbers and booleans are parsed from text, and defaults applied', async () => {
    await build()
    expect((await app.inject('/api/things?page=2&unread=true')).json()).toEqual({ page: 2, unread: true })
    expect((await app.inject('/api/things')).json()).toEqual({ page: 1 })
    expect((await app.inject('/api/things?page=x')).json().detail).toBe('page: must be a whole number')
    expect((await app.inject('/api/things?page=0')).statusCode).toBe(400)
  })

  test('bounds apply to infinity too', async () => {
    await build()
    expect((await app.inject('/api/things?page=-Infinity')).json().detail).toBe('page: must be at least 1')
  })
})

describe('URLs', () => {
  test('percent-encoded bytes that are not UTF-8 are invalid input, in paths and in queries', async () => {
    await build()
    for (const url of ['/%FF', '/0192d1a0-abcd-7000-8000-00000000000%ED%A0%80', '?unread=%C3']) {
      expect((await app.inject(`/api/things${url}`)).json()).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
      expect((await app.inject(`/events/things${url}`)).json()).toMatchObject({ status: 422 })
    }
  })

  test('a percent sign that encodes nothing is 400 everywhere', async () => {
    await build()
    for (const url of ['/events/things/%zz', '/events/things?unread=100%', '/nothing/%'])
      expect((await app.inject(url)).json()).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  })
})

describe('errors in the dialect of the path', () => {
  test('a problem document has everything RFC 9457 requires, and the path without its query', async () => {
    await build()
    const response = await app.inject({ url: '/api/locked?token=abc', headers: { 'x-request-id': 'my-request-1' } })
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(response.headers['x-request-id']).toBe('my-request-1')
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'It is closed',
      instance: '/api/locked',
      code: 'LOCKED',
      request_id: 'my-request-1'
    })
  })

  test('invalid input is 400 for Send Buddy and VibesMatch, 422 for Wingman and Shua', async () => {
    await build()
    expect((await post('/api/things', {})).json()).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
    expect((await post('/events/things', {})).json()).toMatchObject({ status: 422 })
    expect((await post('/api/session/things', {})).json()).toMatchObject({ status: 422 })
    const vibes = await post('/api/v1/things', {})
    expect([vibes.statusCode, vibes.json()]).toEqual([
      400,
      { success: false, error: { code: 'VALIDATION_ERROR', message: 'title: is required' } }
    ])
    expect((await app.inject('/auth/odd')).json()).toMatchObject({ status: 422, errors: [{ field: 'cursor' }] })
  })

  test('broken JSON is 400 everywhere', async () => {
    await build()
    expect((await post('/events/things', '{')).json()).toMatchObject({ status: 400, code: 'INVALID_JSON' })
    expect((await post('/api/v1/things', '{')).json()).toMatchObject({ error: { code: 'VALIDATION_ERROR' } })
  })

  test("a malformed id in a path is not found, with the route's message; for Wingman it is invalid", async () => {
    await build()
    expect((await app.inject('/api/things/42')).json()).toMatchObject({ status: 404, detail: 'Session not found' })
    expect((await app.inject(`/api/things/${'9'.repeat(5_000)}`)).statusCode).toBe(404)
    expect((await app.inject('/events/things/42')).statusCode).toBe(404)
    expect((await app.inject('/api/session/things/42')).statusCode).toBe(422)
    expect((await app.inject('/api/v1/things/42')).json()).toMatchObject({ error: { code: 'SESSION_NOT_FOUND' } })
  })

  test('unknown paths, wrong methods and malformed URLs get errors in the dialect too', async () => {
    await build()
    expect((await app.inject('/api/nothing')).json()).toMatchObject({ status: 404, detail: 'Not found' })
    expect((await app.inject('/api/v1/nothing')).json()).toEqual({
      success: false,
      error: { code: 'NOT_FOUND', message: 'Not found' }
    })
    expect((await app.inject({ method: 'PUT', url: '/api/things' })).statusCode).toBe(404)
    const malformed = await app.inject('/api/things/%E0%A4%A')
    expect(malformed.json()).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    expect(malformed.headers['x-request-id']).toBe(malformed.json().request_id)
  })

  test('an unexpected error is a 500 without details; they are logged', async () => {
    await build()
    const response = await app.inject('/api/boom?token=abc')
    expect(response.json()).toMatchObject({ status: 500, detail: 'Internal server error', code: 'INTERNAL_ERROR' })
    expect(response.body).not.toContain('secret internals')
    expect(lines.some((line) => line.includes('secret internals'))).toBe(true)
    expect(lines.join('')).not.toContain('abc')
  })

  test('an unavailable database is a 503 with Retry-After', async () => {
    await build()
    const response = await app.inject('/api/away')
    expect(response.json()).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' })
    expect(response.headers['retry-after']).toBe('1')
  })
  test('a request whose head does not arrive within seconds is answered 408', async () => {
    await build()
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect({ host: '127.0.0.1', port: Number(port) })
    socket.write('GET /api/things HTTP/1.1\r\nHost: localhost\r\n')

    const answer = await text(socket)

    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"')
  }, 30_000)
})
