import { eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { startGateway } from './lib/gateway.ts'
import { standIn, unusedUrl } from './lib/stand-in.ts'

test('an unavailable service is a 503 with Retry-After at once, in the dialect of the path', async () => {
  const { api } = await startGateway(await unusedUrl())
  const startedAt = performance.now()
  const problem = await api.get('/api/sessions')
  const envelope = await api.post('/api/v1/users/1/block')
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(problem).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'SERVICE_UNAVAILABLE' } })
  expect(envelope).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(envelope.body).toMatchObject({ success: false, error: { code: 'SERVICE_UNAVAILABLE' } })
})

test('a service that recovers is used again', async () => {
  const service = await standIn()
  const { api } = await startGateway(service.url)
  expect(await api.get('/api/sessions')).toMatchObject({ status: 200 })
  await service.stop()
  expect(await api.post('/api/sessions', {})).toMatchObject({ status: 503 })
  await standIn(undefined, service.port)
  expect(await api.post('/api/sessions', {})).toMatchObject({ status: 200 })
})

test('a request to a service that hangs times out', async () => {
  const service = await standIn(() => undefined)
  const { api } = await startGateway(service.url, { GATEWAY_ANSWER_TIMEOUT_MS: '200' })
  expect(await api.get('/api/sessions')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(service.asked).toHaveLength(1)
})

test('a 503 of a service is passed on, not retried', async () => {
  const service = await standIn((_asked, response) => void response.writeHead(503, { 'retry-after': '7' }).end())
  const { api } = await startGateway(service.url)
  expect(await api.get('/api/sessions')).toMatchObject({ status: 503, headers: { 'retry-after': '7' } })
  expect(service.asked).toHaveLength(1)
})

test('replicas take turns, and an unavailable one causes no failed request', async () => {
  const [one, other] = await Promise.all([standIn(), standIn()])
  const { api } = await startGateway(`${one.url}, ${await unusedUrl()}, ${other.url}`)
  for (let call = 0; call < 12; call += 1) expect(await api.post('/api/trips', { call })).toMatchObject({ status: 200 })
  expect(one.asked.length).toBeGreaterThan(3)
  expect(other.asked.length).toBeGreaterThan(3)
  expect(one.asked.length + other.asked.length).toBe(12)
})

test('a replica that recovers gets its share again', async () => {
  const [one, other] = await Promise.all([standIn(), standIn()])
  const { api } = await startGateway(`${one.url},${other.url}`)
  await other.stop()
  for (let call = 0; call < 4; call += 1) expect(await api.post('/api/trips', {})).toMatchObject({ status: 200 })
  const back = await standIn(undefined, other.port)
  await eventually(
    async () => {
      await api.post('/api/trips', {})
      expect(back.asked.length).toBeGreaterThan(0)
    },
    { withinMs: 5_000 }
  )
})

test('a response that breaks off is retried only for safe requests', async () => {
  const breaking = await standIn((_asked, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{"half":')
    response.destroy()
  })
  const steady = await standIn()
  const { api } = await startGateway(`${breaking.url},${steady.url}`)
  for (let call = 0; call < 4; call += 1)
    expect(await api.get('/api/trips')).toMatchObject({ status: 200, body: { ok: true } })
  const statuses: number[] = []
  for (let call = 0; call < 4; call += 1) statuses.push((await api.post('/api/trips', {})).status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(2)
  expect(statuses.filter((status) => status === 503)).toHaveLength(2)
})

test('readiness reports which service is not ready, and which of its checks failed', async () => {
  const state = { ready: true }
  const chat = await standIn((_asked, response) => {
    const checks = { database: state.ready ? 'ok' : 'unavailable', bus: 'ok' }
    response.writeHead(state.ready ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ checks }))
  })
  const well = await standIn()
  const gone = await unusedUrl()
  const { api } = await startGateway(well.url, { CHAT_URL: `${gone},${chat.url}` })
  expect(await api.get('/readyz')).toMatchObject({
    status: 200,
    body: { status: 'ok', checks: { people: 'ok', chat: 'ok' } }
  })
  state.ready = false
  expect(await api.get('/readyz')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { status: 'unavailable', checks: { people: 'ok', chat: { database: 'unavailable', bus: 'ok' } } }
  })
  await chat.stop()
  expect(await api.get('/readyz')).toMatchObject({ status: 503, body: { checks: { chat: 'unreachable' } } })
  expect(await api.get('/livez')).toMatchObject({ status: 200 })
})

test('a service that hangs does not delay readiness', async () => {
  const hanging = await standIn(() => undefined)
  const { api } = await startGateway(await standIn().then(({ url }) => url), { PEOPLE_URL: hanging.url })
  const startedAt = performance.now()
  expect(await api.get('/readyz')).toMatchObject({ status: 503, body: { checks: { sessions: 'ok' } } })
  expect(performance.now() - startedAt).toBeLessThan(3_000)
})

test('stopping lets a running request finish', async () => {
  const reached = Promise.withResolvers<() => void>()
  const service = await standIn((_asked, response) => reached.resolve(() => void response.end('{}')))
  const { api, close } = await startGateway(service.url)
  const answer = api.post('/api/trips', {})
  const finish = await reached.promise
  const closed = close()
  finish()
  expect(await answer).toMatchObject({ status: 200 })
  await closed
})
