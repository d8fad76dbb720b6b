import { createApi, eventually, openSessionSocket, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem({ replicas: { sessions: 2, 'realtime-gateway': 2 }, ownProcesses: ['chat'] })
const unknownSession = '0193a5f0-0000-7000-8000-000000000001'

test('the whole system is ready', async () => {
  const { status, body } = await createApi(system.url).get('/readyz')
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      status: 'ok',
      checks: { people: 'ok', sessions: 'ok', chat: 'ok', notifications: 'ok', 'realtime-gateway': 'ok' }
    }
  })
})

test('a killed service is a 503 with Retry-After within two seconds, the others continue, and it recovers', async () => {
  const { api } = await registerUser(system)
  await system.kill('chat')
  const startedAt = performance.now()
  const answer = await api.get(`/api/sessions/${unknownSession}/messages/`)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } })
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(await api.get('/api/trips/')).toMatchObject({ status: 200 })
  expect(await createApi(system.url).get('/readyz')).toMatchObject({
    status: 503,
    body: { checks: { chat: 'unreachable' } }
  })
  await system.restart('chat')
  // It may have been killed before it received the event about the person.
  await eventually(async () =>
    expect(await api.get(`/api/sessions/${unknownSession}/messages/`)).toMatchObject({ status: 404 })
  )
})

test('killing one of two replicas causes no failed request', async () => {
  const { api } = await registerUser(system)
  await system.kill('sessions', 'SIGKILL', 0)
  const trip = {
    destination: { slug: 'fontainebleau', name: 'Fontainebleau' },
    start_date: '2027-05-01',
    end_date: '2027-05-09'
  }
  for (let call = 0; call < 6; call += 1) {
    expect(await api.post('/api/trips/', trip)).toMatchObject({ status: 201 })
    expect(await api.get('/api/trips/')).toMatchObject({ status: 200 })
  }
  expect(await createApi(system.url).get('/readyz')).toMatchObject({ status: 200 })
  await system.restart('sessions', 0)
})

test('sockets connect to the remaining realtime gateway', async () => {
  const { token } = await registerUser(system)
  await system.kill('realtime-gateway', 'SIGKILL', 0)
  for (let n = 0; n < 4; n += 1) {
    const socket = await openSessionSocket(system, unknownSession, token)
    expect(await socket.closed).toMatchObject({ code: 4004 })
  }
  await system.kill('realtime-gateway', 'SIGKILL', 1)
  await expect(openSessionSocket(system, unknownSession, token)).rejects.toThrow('503')
  await system.restart('realtime-gateway', 1)
  await eventually(async () => {
    const socket = await openSessionSocket(system, unknownSession, token)
    expect(await socket.closed).toMatchObject({ code: 4004 })
  })
  await system.restart('realtime-gateway', 0)
})
