import { eventually, openSessionSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { makePlan } from './lib/plan.ts'

const system = useSystem({ ownServers: true })

test('without Postgres every call answers 503 with Retry-After within 2 s, says why, and heals by itself', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, invitee.token, { afterSeq: 0 })
  await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'before' })
  await socket.next((frame) => frame['content'] === 'before')
  await system.postgres.kill('SIGKILL')

  for (const [method, path, body] of [
    ['GET', '/api/sessions/', undefined],
    ['GET', '/api/notifications/', undefined],
    ['GET', '/api/users/me/', undefined],
    ['POST', `/api/sessions/${sessionId}/messages/`, { body: 'hello' }]
  ] as const) {
    const startedAt = performance.now()
    const answer = await inviter.api.call(method, path, body)
    expect([path, answer.status]).toEqual([path, 503])
    expect(answer.headers['retry-after']).toBeDefined()
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  }
  const readiness = await inviter.api.get('/readyz')
  expect(readiness.status).toBe(503)
  expect(JSON.stringify(readiness.body)).toContain('database')

  await system.postgres.restart()
  await eventually(async () => expect((await inviter.api.get('/readyz')).status).toBe(200), { withinMs: 10_000 })
  const sent = await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'back again' })
  expect(sent.status).toBe(201)
  expect(await socket.next((frame) => frame['content'] === 'back again')).toMatchObject({ seq: 2 })
}, 60_000)

test('without NATS what needs it answers 503 within 2 s, sends go on, and sockets catch up when it is back', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, invitee.token, { afterSeq: 0 })
  await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'before' })
  await socket.next((frame) => frame['content'] === 'before')
  await system.nats.kill('SIGKILL')

  const startedAt = performance.now()
  const list = await inviter.api.get('/api/sessions/')
  expect(list.status).toBe(503)
  expect(list.headers['retry-after']).toBeDefined()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  const readiness = await inviter.api.get('/readyz')
  expect(readiness.status).toBe(503)
  expect(JSON.stringify(readiness.body)).toContain('nats')
  expect((await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'meanwhile' })).status).toBe(201)

  await system.nats.restart()
  expect(await socket.next((frame) => frame['content'] === 'meanwhile', { withinMs: 15_000 })).toMatchObject({ seq: 2 })
  await eventually(async () => expect((await inviter.api.get('/api/sessions/')).status).toBe(200), { withinMs: 10_000 })
}, 60_000)
