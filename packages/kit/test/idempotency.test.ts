import { Text } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cleanUp } from '../src/backbone/housekeeping.ts'
import { appError, authentication, createServer, idempotency, type Server } from '../src/index.ts'
import { useDatabase } from './database.ts'

const database = useDatabase()
const ada = '0192d1a0-abcd-7000-8000-00000000000a'
const max = '0192d1a0-abcd-7000-8000-00000000000b'
const Closed = appError('CLOSED', 'It is closed', 400)
const Body = Type.Object({
  note: Text({ max: 100 }),
  more: Type.Optional(Type.Object({ a: Type.Integer(), b: Type.Integer() }))
})

let now = new Date('2027-03-01T12:00:00Z')
let runs = 0
let fails = false
let gate = Promise.withResolvers<void>()
let started = Promise.withResolvers<void>()
const apps: Server[] = []

/** One replica. */
async function build(waitMs: number): Promise<Server> {
  const app = createServer({
    service: 'test',
    config: { LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost:8080' },
    runtime: { clock: { now: () => now }, newId: () => crypto.randomUUID() }
  })
  await app.register(authentication, {
    devTestAuth: true,
    verifyToken: () => expect.fail('no tokens here'),
    findAccounts: async (ids) => ids.map((id) => ({ id, tier: 'free', role: 'user', disabled: false }))
  })
  await app.register(idempotency, { db: database.db, waitMs })
  for (const prefix of ['/api', '/events', '/api/v1']) {
    app.post(`${prefix}/notes`, { schema: { body: Body } }, async (_request, reply) => {
      runs += 1
      return reply.code(201).send({ run: runs })
    })
  }
  app.post('/api/closed', async () => {
    runs += 1
    throw new Closed()
  })
  app.post('/api/nothing', async (_request, reply) => {
    runs += 1
    return reply.code(204).send()
  })
  app.post('/api/shaky', async () => {
    runs += 1
    if (fails) throw new Error('boom')
    return { run: runs }
  })
  app.post('/api/slow', async () => {
    runs += 1
    started.resolve()
    await gate.promise
    return { run: runs }
  })
  app.post('/api/open', { config: { auth: 'none' } }, async () => ({ run: (runs += 1) }))
  await app.ready()
  apps.push(app)
  return app
}

let app: Server
let replica: Server
let impatient: Server
beforeAll(async () => {
  app = await build(10_000)
  replica = await build(10_000)
  impatient = await build(60)
})
afterAll(() => Promise.all(apps.map((one) => one.close())))
beforeEach(async () => {
  now = new Date('2027-03-01T12:00:00Z')
  runs = 0
  fails = false
  gate = Promise.withResolvers()
  started = Promise.withResolvers()
  await database.db.deleteFrom('idempotency_keys').execute()
})

function post(
  url: string,
  key: string | undefined,
  payload: unknown = {},
  options: { user?: string; server?: Server } = {}
) {
  return (options.server ?? app).inject({
    method: 'POST',
    url,
    headers: {
      'x-test-user-id': options.user ?? ada,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key })
    },
    payload: JSON.stringify(payload)
  })
}

test('a repetition gets the first answer, word for word, and does nothing', async () => {
  const first = await post('/api/notes', 'k1', { note: 'a' })
  const second = await post('/api/notes/', 'k1', { note: 'a' }, { server: replica })
  expect([first.statusCode, first.json(), first.headers['idempotency-replayed']]).toEqual([201, { run: 1 }, undefined])
  expect([second.statusCode, second.body, second.headers['content-type']]).toEqual([
    201,
    first.body,
    first.headers['content-type']
  ])
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(runs).toBe(1)
})

test('without a key every call runs, and nothing is stored', async () => {
  await post('/api/notes', undefined, { note: 'a' })
  await post('/api/notes', undefined, { note: 'a' })
  expect(runs).toBe(2)
  expect(await database.db.selectFrom('idempotency_keys').selectAll().execute()).toEqual([])
})

test('keys belong to a user and a route', async () => {
  await post('/api/notes', 'k1', { note: 'a' })
  await post('/api/notes', 'k1', { note: 'a' }, { user: max })
  await post('/events/notes', 'k1', { note: 'a' })
  expect(runs).toBe(3)
})

test('the same key with another body is refused: 422, and 400 in VibesMatch', async () => {
  await post('/api/notes', 'k1', { note: 'a' })
  expect((await post('/api/notes', 'k1', { note: 'b' })).json()).toMatchObject({
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED'
  })
  await post('/api/v1/notes', 'k1', { note: 'a' })
  expect((await post('/api/v1/notes', 'k1', { note: 'b' })).statusCode).toBe(400)
})

test('the same body laid out in another way is the same body', async () => {
  await post('/api/notes', 'k1', { note: 'a', more: { a: 1, b: 2 } })
  const again = await post('/api/notes', 'k1', { more: { b: 2, a: 1 }, note: 'a' })
  expect([again.statusCode, runs]).toEqual([201, 1])
})

test.each(['', 'two words', 'ä', 'x'.repeat(256)])('the key "%s" is invalid input', async (key) => {
  expect((await post('/api/notes', key, { note: 'a' })).statusCode).toBe(400)
  expect((await post('/events/notes', key, { note: 'a' })).statusCode).toBe(422)
  expect(runs).toBe(0)
})

test('refusals are kept as well: of the rules, of the schema, and empty answers', async () => {
  const first = await post('/api/closed', 'k1')
  const second = await post('/api/closed', 'k1')
  expect([second.statusCode, second.body, second.headers['content-type']]).toEqual([
    400,
    first.body,
    'application/problem+json; charset=utf-8'
  ])
  const invalid = await post('/api/notes', 'k1', {})
  expect((await post('/api/notes', 'k1', {})).headers['idempotency-replayed']).toBe('true')
  expect(invalid.statusCode).toBe(400)
  await post('/api/nothing', 'k1')
  const empty = await post('/api/nothing', 'k1')
  expect([empty.statusCode, empty.body, empty.headers['idempotency-replayed']]).toEqual([204, '', 'true'])
  expect(runs).toBe(2)
})

test('a failure of the server is not kept: the call can be tried again', async () => {
  fails = true
  expect((await post('/api/shaky', 'k1')).statusCode).toBe(500)
  fails = false
  expect((await post('/api/shaky', 'k1')).json()).toEqual({ run: 2 })
})

test('a claim that cannot be given back at once is given back when the database takes it', async () => {
  const { db } = database
  const first = post('/api/slow', 'k1')
  await started.promise
  await sql`alter table idempotency_keys rename to out_of_reach`.execute(db)
  gate.reject(new Error('boom'))
  expect((await first).statusCode).toBe(500)
  await sql`alter table out_of_reach rename to idempotency_keys`.execute(db)
  await eventually(async () => expect(await db.selectFrom('idempotency_keys').selectAll().execute()).toEqual([]))
})

test('a concurrent repetition waits for the first, on any replica', async () => {
  const first = post('/api/slow', 'k1')
  await started.promise
  const second = post('/api/slow', 'k1', {}, { server: replica })
  gate.resolve()
  const answers = await Promise.all([first, second])
  expect(answers.map((answer) => answer.json())).toEqual([{ run: 1 }, { run: 1 }])
  expect(answers.map((answer) => answer.headers['idempotency-replayed'])).toEqual([undefined, 'true'])
})

test('of twenty at one instant one runs', async () => {
  gate.resolve()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => post('/api/slow', 'k1', {}, { server: index % 2 ? app : replica }))
  )
  expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
  expect(runs).toBe(1)
})

test('a first call that takes too long makes the repetition a conflict', async () => {
  const first = post('/api/slow', 'k1')
  await started.promise
  const second = await post('/api/slow', 'k1', {}, { server: impatient })
  expect(second.json()).toMatchObject({ status: 409, code: 'IDEMPOTENCY_IN_PROGRESS' })
  gate.resolve()
  expect((await first).json()).toEqual({ run: 1 })
  expect((await post('/api/slow', 'k1')).json()).toEqual({ run: 1 })
})

test('the claim of a process that died can be taken over after 30 s, by the same request only', async () => {
  await post('/api/notes', 'k1', { note: 'a' })
  await sql`update idempotency_keys set status = null, body = null`.execute(database.db)
  expect((await post('/api/notes', 'k1', { note: 'a' }, { server: impatient })).statusCode).toBe(409)
  now = new Date(now.getTime() + 30_000)
  expect((await post('/api/notes', 'k1', { note: 'b' })).statusCode).toBe(422)
  expect((await post('/api/notes', 'k1', { note: 'a' })).json()).toEqual({ run: 2 })
})

test('a key is free again after 24 hours, and is then forgotten', async () => {
  await post('/api/notes', 'k1', { note: 'a' })
  now = new Date(now.getTime() + 24 * 3_600_000 - 1)
  expect(await cleanUp(database.db, now)).toBe(0)
  expect((await post('/api/notes', 'k1', { note: 'a' })).headers['idempotency-replayed']).toBe('true')
  now = new Date(now.getTime() + 1)
  expect((await post('/api/notes', 'k1', { note: 'b' })).json()).toEqual({ run: 2 })
  expect(await cleanUp(database.db, new Date(now.getTime() + 24 * 3_600_000))).toBe(1)
})

test('calls without a user have no keys', async () => {
  const headers = { 'idempotency-key': 'k1' }
  await app.inject({ method: 'POST', url: '/api/open', headers })
  await app.inject({ method: 'POST', url: '/api/open', headers })
  expect(runs).toBe(2)
})
