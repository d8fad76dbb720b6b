import { Type } from 'typebox'
import { beforeAll, afterAll, beforeEach, expect, test } from 'vitest'
import {
  type Account,
  authentication,
  createServer,
  InvalidToken,
  NotFound,
  type RouteAccess,
  type Server
} from '../src/index.ts'

const ada = '0192d1a0-abcd-7000-8000-00000000000a'
const max = '0192d1a0-abcd-7000-8000-00000000000b'
const root = '0192d1a0-abcd-7000-8000-00000000000c'
const gone = '0192d1a0-abcd-7000-8000-00000000000d'
const people = new Map<string, Account>()
const lookUps: (readonly string[])[] = []
let app: Server
let production: Server

async function build(devTestAuth: boolean): Promise<Server> {
  const server = createServer({ service: 'test', config: { LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost:8080' } })
  await server.register(authentication, {
    devTestAuth,
    verifyToken: async (token) => {
      if (!token.startsWith('good-')) throw new InvalidToken()
      return { userId: token.slice(5), signInId: 'sign-in', expiresAt: new Date() }
    },
    findAccounts: async (ids) => {
      lookUps.push(ids)
      return ids.flatMap((id) => people.get(id) ?? [])
    }
  })
  server.get('/api/forgotten', async (request) => ({ ...request.user, signInId: request.signInId }))
  for (const auth of ['user', 'optional', 'admin', 'none'] satisfies RouteAccess[]) {
    server.get(`/api/${auth}`, { config: { auth } }, async (request) => request.currentUser ?? { anonymous: true })
  }
  server.post<{ Body: { fails: boolean } }>(
    '/api/checked-on-failure',
    {
      config: { accountCheck: 'on-failure' },
      schema: { body: Type.Object({ fails: Type.Boolean() }) }
    },
    async (request) => {
      if (request.body.fails) throw new NotFound()
      return { id: request.user.id }
    }
  )
  server.post('/api/posted', async (request) => request.user)
  server.get('/api/mistaken', { config: { auth: 'none' } }, async (request) => request.user)
  server.get('/api/v1/user', async (request) => request.user)
  await server.ready()
  return server
}

beforeAll(async () => {
  app = await build(true)
  production = await build(false)
})
afterAll(() => Promise.all([app.close(), production.close()]))
beforeEach(() => {
  lookUps.length = 0
  people.clear()
  people.set(ada, { id: ada, tier: 'free', role: 'user', disabled: false })
  people.set(max, { id: max, tier: 'premium', role: 'user', disabled: true })
  people.set(root, { id: root, tier: 'free', role: 'admin', disabled: false })
})

const call = (url: string, userId?: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { ...(userId && { authorization: `Bearer good-${userId}` }), ...headers } })

test('a route without `auth` requires a signed-in user', async () => {
  const refused = await call('/api/forgotten')
  expect(refused.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  expect(refused.headers['www-authenticate']).toBe('Bearer')
  expect((await call('/api/forgotten', ada)).json()).toEqual({
    id: ada,
    tier: 'free',
    role: 'user',
    signInId: 'sign-in'
  })
})

test('who may call what', async () => {
  const statuses = async (userId?: string) =>
    Promise.all(
      ['user', 'optional', 'admin', 'none'].map(async (auth) => (await call(`/api/${auth}`, userId)).statusCode)
    )
  expect(await statuses()).toEqual([401, 200, 401, 200])
  expect(await statuses(ada)).toEqual([200, 200, 403, 200])
  expect(await statuses(root)).toEqual([200, 200, 200, 200])
  expect(await statuses(max)).toEqual([403, 403, 403, 200])
  expect(await statuses(gone)).toEqual([401, 401, 401, 200])
})

test.each(['Basic YTpi', 'Bearer', 'Bearer bad', 'Bearer good- x'])(
  'the credentials "%s" are refused',
  async (authorization) => {
    expect((await call('/api/optional', undefined, { authorization })).json()).toMatchObject({ status: 401 })
    expect((await call('/api/v1/user', undefined, { authorization })).json()).toMatchObject({
      success: false,
      error: { code: 'UNAUTHENTICATED' }
    })
  }
)

test('an unauthorised call is rejected before its body is read', async () => {
  const response = await app.inject({
    method: 'POST',
    url: '/api/posted',
    headers: { 'content-type': 'application/json' },
    payload: '{'
  })
  expect(response.statusCode).toBe(401)
})

test('an account is looked up on every call, and a change takes effect at once', async () => {
  expect((await call('/api/user', ada)).statusCode).toBe(200)
  people.set(ada, { id: ada, tier: 'free', role: 'user', disabled: true })
  expect((await call('/api/user', ada)).json()).toMatchObject({ status: 403, code: 'ACCOUNT_DISABLED' })
  expect(lookUps).toHaveLength(2)
})

test('calls of one turn of the event loop share one query', async () => {
  await Promise.all([call('/api/user', ada), call('/api/user', root), call('/api/user', ada)])
  expect(lookUps).toEqual([[ada, root]])
})

test('a call that checks the account on failure looks it up before an error, and not at all without one', async () => {
  const post = (userId: string, payload: object) =>
    app.inject({
      method: 'POST',
      url: '/api/checked-on-failure',
      headers: { authorization: `Bearer good-${userId}` },
      payload
    })

  expect((await post(ada, { fails: false })).json()).toEqual({ id: ada })
  expect(lookUps).toEqual([])
  expect((await post(ada, { fails: true })).statusCode).toBe(404)
  expect(lookUps).toEqual([[ada]])
  for (const payload of [{ fails: true }, { fails: 'no boolean' }]) {
    expect((await post(max, payload)).statusCode).toBe(403)
    expect((await post(gone, payload)).statusCode).toBe(401)
  }
})

test('X-Test-User-ID is a login in development only, and a token takes precedence', async () => {
  const url = '/api/user'
  const headers = { 'x-test-user-id': ada.toUpperCase() }
  expect((await call(url, undefined, headers)).json()).toMatchObject({ id: ada })
  expect((await call(url, root, headers)).json()).toMatchObject({ id: root })
  expect((await call(url, undefined, { 'x-test-user-id': "' or 1=1" })).statusCode).toBe(401)
  expect((await production.inject({ url, headers })).statusCode).toBe(401)
})

test('reading the user of an anonymous call throws', async () => {
  expect((await call('/api/mistaken')).statusCode).toBe(401)
})

test('unknown paths require no login', async () => {
  expect((await call('/api/nowhere')).statusCode).toBe(404)
})
