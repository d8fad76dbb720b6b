import { UserRegistered } from '@belay/contracts'
import { createTestDatabase, eventually, startTestNats, startTestPostgres, type TestDatabase } from '@belay/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildChat, buildPeople, provisionSchemas, type TestApp } from './backbone-apps.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const unknown = '0192d1a0-abcd-7000-8000-00000000000f'

async function register(people: TestApp): Promise<string> {
  const response = await people.app.inject({ method: 'POST', url: '/api/users' })
  expect(response.statusCode).toBe(201)
  return response.json().id
}

const readiness = async ({ app }: TestApp) => (await app.inject('/readyz')).json().checks

/** Asserts that a call is refused with 503 soon enough. */
async function expectUnavailable({ app }: TestApp, url: string, method: 'GET' | 'POST' = 'GET'): Promise<void> {
  const began = performance.now()
  const response = await app.inject({ method, url })
  expect([response.statusCode, response.headers['retry-after'], response.json().code]).toEqual([
    503,
    '1',
    'SERVICE_UNAVAILABLE'
  ])
  expect(performance.now() - began).toBeLessThan(2_000)
}

describe('two services on one database server and one NATS', () => {
  let database: TestDatabase
  let nats: Awaited<ReturnType<typeof startTestNats>>
  let people: TestApp
  let chat: TestApp

  beforeAll(async () => {
    ;[database, nats] = await Promise.all([createTestDatabase(), startTestNats()])
    const surroundings = { postgresUrl: database.url, natsUrl: nats.url }
    ;[people, chat] = await Promise.all([buildPeople(surroundings), buildChat(surroundings)])
  })
  afterAll(async () => {
    await Promise.all([people.app.close(), chat.app.close()])
    await nats.stop()
    await database.drop()
  })

  test('a command returns once the other service has applied its event, and the stream does not apply it a second time', async () => {
    const handled = chat.backbone.bus.counters.handled
    const id = await register(people)
    expect((await chat.app.inject(`/api/users/${id}`)).json()).toEqual({ name: 'Ada' })
    await eventually(() => expect(chat.backbone.bus.counters.handled).toBeGreaterThan(handled), { withinMs: 20_000 })
    const row = await chat.backbone.db
      .selectFrom('users')
      .select('times_applied')
      .where('id', '=', id)
      .executeTakeFirst()
    expect(row).toEqual({ times_applied: 1 })
  })

  test('missing services are counted, and delay a command by 5 s at most', async () => {
    const began = performance.now()
    await register(people)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect((await people.app.inject('/metrics')).body).toMatch(
      /apply_waits_degraded_total\{[^}]*target="sessions"[^}]*\} \d/
    )
  })

  test('a question reaches the other service, and its declared errors arrive unchanged', async () => {
    const id = await register(people)
    expect((await people.app.inject(`/api/names/${id}`)).json()).toEqual({ name: 'Ada' })
    expect((await people.app.inject(`/api/names/${unknown}`)).json()).toMatchObject({
      status: 404,
      code: 'NO_SUCH_USER',
      detail: 'User not found'
    })
  })

  test('an event that can never be applied is parked and counted', async () => {
    const id = people.app.runtime.newId()
    await people.backbone.bus.publishFact({
      specversion: '1.0',
      id,
      source: 'people',
      type: UserRegistered.type,
      subject: id,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      dataschema: 'x',
      data: { nonsense: true }
    })
    await eventually(async () => expect((await chat.app.inject('/metrics')).body).toMatch(/parked_events\{[^}]*\} 1/), {
      withinMs: 20_000
    })
  })

  test('without NATS questions fail at once, commands are still accepted, and everything recovers on its own', async () => {
    await nats.kill('SIGKILL')
    await eventually(async () => expect(await readiness(people)).toEqual({ database: 'ok', nats: 'unavailable' }), {
      withinMs: 20_000
    })
    await expectUnavailable(people, `/api/names/${unknown}`)
    const id = await register(people)
    await nats.restart()
    await eventually(async () => expect((await chat.app.inject(`/api/users/${id}`)).json()).toEqual({ name: 'Ada' }), {
      withinMs: 40_000
    })
    expect(await readiness(people)).toEqual({ database: 'ok', nats: 'ok' })
    await eventually(
      async () => expect((await people.app.inject('/metrics')).body).toMatch(/outbox_pending\{[^}]*\} 0/),
      { withinMs: 20_000 }
    )
  })
})

describe('a service whose Postgres dies', () => {
  test('waits for it at the start, returns 503 while it is down, and continues when it is back', async () => {
    const [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()])
    await provisionSchemas(postgres.adminUrl)
    await postgres.kill('SIGKILL')
    const starting = buildChat({ postgresUrl: postgres.adminUrl, natsUrl: nats.url })
    await postgres.restart()
    const chat = await starting

    expect(await readiness(chat)).toEqual({ database: 'ok', nats: 'ok' })
    await postgres.kill('SIGKILL')
    await expectUnavailable(chat, `/api/users/${unknown}`)
    expect(await readiness(chat)).toEqual({ database: 'unavailable', nats: 'ok' })
    expect((await chat.app.inject('/metrics')).statusCode).toBe(200)
    await postgres.restart()
    await eventually(async () => expect((await chat.app.inject(`/api/users/${unknown}`)).statusCode).toBe(404), {
      withinMs: 20_000
    })

    await postgres.kill('SIGKILL')
    await nats.kill('SIGKILL')
    await chat.app.close()
    await Promise.all([postgres.stop(), nats.stop()])
  })
})
