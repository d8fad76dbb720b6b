import { defineEvent, Text } from '@belay/contracts'
import { createStore, type EventStore, recordEvent } from '@belay/events'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cleanUp } from '../src/backbone/cleanup.ts'
import { appError, authentication, commands, createServer, type Server } from '../src/index.ts'
import { type Tables, useDatabase } from './database.ts'

const database = useDatabase()
const ada = '0192d1a0-abcd-7000-8000-00000000000a'
const max = '0192d1a0-abcd-7000-8000-00000000000b'
const Closed = appError('CLOSED', 'It is closed', 400)
const Body = Type.Object({
  note: Text({ max: 100 }),
  more: Type.Optional(Type.Object({ a: Type.Integer(), b: Type.Integer() }))
})

const Noted = defineEvent({
  source: 'chat',
  entity: 'note',
  verb: 'taken',
  version: 1,
  description: 'An event that the sessions service must apply.',
  data: Type.Object({}),
  appliedBy: ['sessions']
})

let runs = 0
let isSessionsAway = false
let fails = false
let gate = Promise.withResolvers<void>()
let started = Promise.withResolvers<void>()
const apps: Server[] = []

const runtime = { clock: { now: () => new Date() }, newId: () => crypto.randomUUID() }

function openStore(): EventStore<Tables> {
  return createStore<Tables>({
    db: database.db,
    source: 'chat',
    ...runtime,
    publish: async () => undefined,
    applyTo: async () => {
      if (isSessionsAway) throw new Error('away')
    },
    applyWaitMs: 50,
    catalogue: [Noted],
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  })
}

/** One replica. */
async function build(waitMs: number): Promise<Server> {
  const store = openStore()
  const app = createServer({
    service: 'test',
    config: { LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost:8080' },
    runtime
  })
  await app.register(authentication, {
    devTestAuth: true,
    verifyToken: () => expect.fail('no tokens here'),
    findAccounts: async (ids) => ids.map((id) => ({ id, tier: 'free', role: 'user', disabled: false }))
  })
  await app.register(commands(store), { waitMs })
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
  const note = async (): Promise<number> => {
    runs += 1
    await store.transaction(async (trx) => {
      await trx.insertInto('notes').values({ run: runs }).execute()
      // Only the commit detects this.
      if (fails) await trx.insertInto('notes').values({ run: runs }).execute()
      await recordEvent(trx, Noted, { subject: 'note', data: {} })
    })
    return runs
  }
  app.post('/api/changes/:id', async (_request, reply) => reply.code(201).send({ run: await note() }))
  app.patch('/api/changes/:id', async () => ({ run: await note() }))
  app.post('/api/asking', { config: { idempotency: 'late' } }, async () => {
    runs += 1
    const run = runs
    started.resolve()
    await gate.promise
    if (fails) return { run }
    const undone = store.transaction(async (trx) => {
      await trx.insertInto('notes').values({ run: -run }).execute()
      throw new Closed()
    })
    await expect(undone).rejects.toThrow(Error)
    await store.transaction(async (trx) => {
      await trx.insertInto('notes').values({ run }).execute()
      await recordEvent(trx, Noted, { subject: 'note', data: {} })
    })
    return { run }
  })
  app.post('/api/crashing', async (_request, reply) => {
    await note()
    await reply.send({ run: runs, toJSON: () => expect.fail('no answer') })
  })
  app.post(
    '/api/status/:status',
    { schema: { params: Type.Object({ status: Type.String() }) } },
    async (request, reply) => {
      const { status } = request.params
      runs += 1
      return reply.code(runs === 1 ? Number(status) : 200).send({ run: runs })
    }
  )
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
  runs = 0
  fails = false
  isSessionsAway = false
  gate = Promise.withResolvers()
  started = Promise.withResolvers()
  await sql`truncate idempotency_keys, outbox, notes`.execute(database.db)
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

function patch(url: string, payload: unknown, user = ada) {
  const headers = { 'x-test-user-id': user, 'content-type': 'application/json' }
  return app.inject({ method: 'PATCH', url, headers, payload: JSON.stringify(payload) })
}

test('a repetition gets the first answer, byte for byte, and does nothing', async () => {
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

test('the same body in another formatting is the same body', async () => {
  await post('/api/notes', 'k1', { note: 'a', more: { a: 1, b: 2 } })
  const again = await post('/api/notes', 'k1', { more: { b: 2, a: 1 }, note: 'a' })
  expect([again.statusCode, runs]).toEqual([201, 1])
})

test.each(['', 'two words', 'ä', 'x'.repeat(256)])('the key "%s" is invalid input', async (key) => {
  expect((await post('/api/notes', key, { note: 'a' })).statusCode).toBe(400)
  expect((await post('/events/notes', key, { note: 'a' })).statusCode).toBe(422)
  expect(runs).toBe(0)
})

test('refusals are kept as well: by the rules, by the schema, and empty answers', async () => {
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

test('a server error is not kept: the call can be retried', async () => {
  fails = true
  expect((await post('/api/shaky', 'k1')).statusCode).toBe(500)
  fails = false
  expect((await post('/api/shaky', 'k1')).json()).toEqual({ run: 2 })
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

test('of twenty concurrent repetitions one runs', async () => {
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

test('a key is free again after 24 hours, and is then deleted', async () => {
  const age = (hours: number) =>
    sql`update idempotency_keys set expires_at = expires_at - make_interval(hours => ${hours}::int)`.execute(
      database.db
    )
  await post('/api/notes', 'k1', { note: 'a' })
  await age(23)
  expect(await cleanUp(database.db, new Date())).toBe(0)
  expect((await post('/api/notes', 'k1', { note: 'a' })).headers['idempotency-replayed']).toBe('true')
  await age(1)
  expect((await post('/api/notes', 'k1', { note: 'b' })).json()).toEqual({ run: 2 })
  await age(24)
  expect(await cleanUp(database.db, new Date())).toBe(1)
})

test('calls without a user have no keys', async () => {
  const headers = { 'idempotency-key': 'k1' }
  await app.inject({ method: 'POST', url: '/api/open', headers })
  await app.inject({ method: 'POST', url: '/api/open', headers })
  expect(runs).toBe(2)
})

const countNotes = async () => (await database.db.selectFrom('notes').select('run').execute()).length

test('the answer is kept in the transaction of its effect: neither exists without the other', async () => {
  const failed = await post('/api/crashing', 'k1')
  expect([failed.statusCode, await countNotes()]).toEqual([500, 0])
  await sql`alter table idempotency_keys rename to out_of_reach`.execute(database.db)
  expect((await post('/api/changes/1', 'k2')).statusCode).toBe(500)
  await sql`alter table out_of_reach rename to idempotency_keys`.execute(database.db)
  expect(await countNotes()).toBe(0)
  expect((await post('/api/changes/1', 'k2')).statusCode).toBe(201)
  expect(await countNotes()).toBe(1)
})

test('an effect that cannot be committed leaves no answer behind', async () => {
  fails = true
  expect((await post('/api/changes/1', 'k1')).statusCode).toBe(500)
  fails = false
  const second = await post('/api/changes/1', 'k1')
  expect([second.statusCode, second.headers['idempotency-replayed'], await countNotes()]).toEqual([201, undefined, 1])
})

test.each([401, 408, 425, 429, 503])('an answer with %i is temporary and is not kept', async (status) => {
  const first = await post(`/api/status/${status}`, 'k1')
  const second = await post(`/api/status/${status}`, 'k1')
  expect([first.statusCode, second.statusCode, second.headers['idempotency-replayed']]).toEqual([
    status,
    200,
    undefined
  ])
})

test('a key belongs to the matched route: another spelling of the same path is the same route', async () => {
  const id = '0192d1a0-abcd-7000-8000-00000000000c'
  await post(`/api/changes/${id}`, 'k1')
  const spellings = [
    `/api/changes/${id.toUpperCase()}`,
    `/api/changes/${id}/`,
    `/api/%63hanges/${id}`,
    `/api/changes/%30${id.slice(1)}`
  ]
  for (const url of spellings) {
    const again = await post(url, 'k1')
    expect([url, again.statusCode, again.json()]).toEqual([url, 201, { run: 1 }])
  }
  expect((await post('/api/changes/other', 'k1')).json()).toEqual({ run: 2 })
})

test('a change that a service has not applied yet is no 2xx, and the same call gets the first answer once it has', async () => {
  isSessionsAway = true
  const first = await patch('/api/changes/1', { a: 1 })
  expect([first.statusCode, first.json(), first.headers['retry-after']]).toMatchObject([
    503,
    { code: 'NOT_YET_EFFECTIVE' },
    '1'
  ])
  expect((await patch('/api/changes/1', { a: 1 })).statusCode).toBe(503)
  expect(await countNotes()).toBe(1)
  isSessionsAway = false
  const settled = await patch('/api/changes/1', { a: 1 })
  expect([settled.statusCode, settled.json()]).toEqual([200, { run: 1 }])
  expect((await patch('/api/changes/1', { a: 1 })).json()).toEqual({ run: 2 })
})

test('with a key such a call gets the first answer too, whether or not the repetition has it', async () => {
  isSessionsAway = true
  expect((await post('/api/changes/1', 'k1')).statusCode).toBe(503)
  expect((await post('/api/changes/2', undefined)).statusCode).toBe(503)
  expect((await post('/api/changes/1', 'k1')).statusCode).toBe(503)
  isSessionsAway = false
  expect((await post('/api/changes/1', undefined)).json()).toEqual({ run: 1 })
  expect((await post('/api/changes/1', 'k1')).json()).toEqual({ run: 1 })
  expect((await post('/api/changes/2', 'k2')).json()).toEqual({ run: 2 })
  expect((await post('/api/changes/2', 'k2')).json()).toEqual({ run: 2 })
  expect(await countNotes()).toBe(2)
})

test('another person, or another input, is another call', async () => {
  isSessionsAway = true
  await patch('/api/changes/1', { a: 1 })
  isSessionsAway = false
  expect((await patch('/api/changes/1', { a: 2 })).json()).toEqual({ run: 2 })
  expect((await patch('/api/changes/1', { a: 1 }, max)).json()).toEqual({ run: 3 })
})

const listNotes = async () => (await database.db.selectFrom('notes').select('run').execute()).map(({ run }) => run)

test('a call that asks first opens its transaction with its first change that succeeds', async () => {
  const first = post('/api/asking', 'k1')
  await started.promise
  const { rows } = await sql`
    select from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'`.execute(database.db)
  expect(rows).toEqual([])
  gate.resolve()
  expect((await first).json()).toEqual({ run: 1 })
  expect((await post('/api/asking', 'k1')).headers['idempotency-replayed']).toBe('true')
  expect(await listNotes()).toEqual([1])
})

test('of concurrent repetitions of a call that asks first one has an effect, and all get its answer', async () => {
  gate.resolve()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => post('/api/asking', 'k1', {}, { server: index % 2 ? app : replica }))
  )
  const [only] = await listNotes()
  expect(answers.map((answer) => answer.json())).toEqual(answers.map(() => ({ run: only })))
  expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === undefined)).toHaveLength(1)
  expect(await listNotes()).toHaveLength(1)
})

test('the answer of a call that asks first is kept without a change as well', async () => {
  gate.resolve()
  fails = true
  await post('/api/asking', 'k1')
  fails = false
  expect((await post('/api/asking', 'k1')).json()).toEqual({ run: 1 })
  expect(await listNotes()).toEqual([])
})

test('a call that asks first is answered once its change is in effect', async () => {
  gate.resolve()
  isSessionsAway = true
  expect((await post('/api/asking', 'k1')).json()).toMatchObject({ code: 'NOT_YET_EFFECTIVE' })
  isSessionsAway = false
  expect((await post('/api/asking', 'k1')).json()).toEqual({ run: 1 })
  expect(await listNotes()).toEqual([1])
})
