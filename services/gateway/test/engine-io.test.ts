import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { eventually } from '@belay/testing'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startGateway, type TestGateway } from './lib/gateway.ts'
import { realtimeReplica } from './lib/realtime-replica.ts'
import { standIn, unusedUrl } from './lib/stand-in.ts'

const base = '/socket.io/?EIO=4&transport=polling'
const unknown = { status: 400, body: { code: 1, message: 'Session ID unknown' } }
const kinds = [
  ['polling only', ['polling']],
  ['polling and then WebSocket', ['polling', 'websocket']],
  ['WebSocket only', ['websocket']]
] as const

/** Starts a client; its connection is its own. */
function connect({ url }: { url: string }, options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
  const client = io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options })
  onTestFinished(() => void client.disconnect())
  return client
}

/** Resolves with the instance that a client is connected to. */
function welcomed(client: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    client.once('welcome', resolve)
    client.once('connect_error', reject)
  })
}

async function startTwo(env: Record<string, string> = {}) {
  const replicas = await Promise.all([realtimeReplica(), realtimeReplica()])
  const gateway = await startGateway(replicas.map(({ url }) => url).join(','), env)
  return { replicas, gateway }
}

/** Opens a session by hand and returns its id. */
async function openSession({ api }: TestGateway): Promise<string> {
  const { body } = await api.get(base)
  return JSON.parse(String(body).slice(1)).sid
}

const poll = ({ api }: TestGateway, sid: string) => api.get(`${base}&sid=${encodeURIComponent(sid)}`)
const send = ({ api }: TestGateway, sid: string, packets: string) =>
  api.call('POST', `${base}&sid=${sid}`, packets, { 'content-type': 'text/plain;charset=UTF-8' })

describe.each(kinds)('with %s', (_name, transports) => {
  const options = { transports: [...transports] }

  test('each of many clients over two replicas keeps its session', async () => {
    const { replicas, gateway } = await startTwo()
    const clients = Array.from({ length: 20 }, () => connect(gateway, options))
    const instances = await Promise.all(clients.map(welcomed))
    for (let n = 0; n < 10; n += 1) {
      const echoes = await Promise.all(clients.map((client) => client.timeout(15_000).emitWithAck('echo', { n })))
      expect(echoes).toEqual(clients.map(() => ({ n })))
    }
    for (const { instanceId } of replicas) {
      expect(instances.filter((instance) => instance === instanceId).length).toBeGreaterThan(5)
    }
    const last = transports.at(-1)
    await eventually(() =>
      expect(clients.map(({ io: { engine } }) => engine.transport.name)).toEqual(clients.map(() => last))
    )
    expect(clients.every(({ connected }) => connected)).toBe(true)
  })

  test('the clients of a replica that died go on at the other one', async () => {
    const { replicas, gateway } = await startTwo()
    const clients = Array.from({ length: 10 }, () => connect(gateway, options))
    const instances = await Promise.all(clients.map(welcomed))
    const [dying, staying] = replicas
    const moved = clients.filter((_, index) => instances[index] === dying?.instanceId)
    const again = moved.map(welcomed)
    await dying?.kill()
    expect(await Promise.all(again)).toEqual(moved.map(() => staying?.instanceId))
    const echoes = await Promise.all(clients.map((client) => client.timeout(15_000).emitWithAck('echo', 1)))
    expect(echoes).toEqual(clients.map(() => 1))
  })

  test('a client goes on after the gateway was replaced', async () => {
    const replica = await realtimeReplica()
    const gateway = await startGateway(replica.url)
    const client = connect(gateway, options)
    await welcomed(client)
    await gateway.close()
    const again = new Promise((resolve) => client.once('welcome', resolve))
    await startGateway(replica.url, {}, Number(new URL(gateway.url).port))
    expect(await again).toBe(replica.instanceId)
    expect(await client.timeout(15_000).emitWithAck('echo', 'after')).toBe('after')
    client.disconnect()
  }, 30_000)
})

test('a session that polls outlives the gateway that opened it', async () => {
  const { replicas, gateway } = await startTwo()
  const sid = await openSession(gateway)
  await gateway.close()
  const next = await startGateway(replicas.map(({ url }) => url).join(','))
  expect(await send(next, sid, '40')).toMatchObject({ status: 200, body: 'ok' })
  expect(await poll(next, sid)).toMatchObject({ status: 200, body: expect.stringMatching(/^40\{"sid":/) })
})

test('the path works without its trailing slash, for pages of allowed origins', async () => {
  const origin = 'http://localhost:5173'
  const { gateway } = await startTwo()
  const { api } = gateway
  for (const path of ['/socket.io', '/socket.io/']) {
    const answer = await api.get(`${path}?EIO=4&transport=polling`, { origin })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
    })
    const asks = { origin, 'access-control-request-method': 'POST' }
    expect(await api.call('OPTIONS', path, undefined, asks)).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': origin }
    })
    expect(await api.call('DELETE', path)).toMatchObject({ status: 404, body: { success: false } })
  }
})

test('the realtime gateway gets the address and origin of the client, never a claimed one', async () => {
  const replica = await realtimeReplica()
  const gateway = await startGateway(replica.url)
  const headers = { origin: 'http://localhost:5173', 'x-forwarded-for': '203.0.113.9' }
  for (const transport of ['polling', 'websocket']) {
    const client = connect(gateway, { transports: [transport], extraHeaders: headers })
    await welcomed(client)
    const asked = replica.asked.findLast(({ url }) => url?.includes(transport))
    expect(asked?.headers).toMatchObject({
      origin: headers.origin,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(gateway.url).host
    })
  }
})

test('a session id that no replica made is unknown, and none is asked about it', async () => {
  const { replicas, gateway } = await startTwo()
  const instance = replicas[0].instanceId
  const sids = [
    '',
    'x',
    instance,
    `${instance}.`,
    `${instance}.${'a'.repeat(65)}`,
    `${instance}.a/../../metrics`,
    `${instance.toUpperCase()}.a`,
    ` ${instance}.a`,
    `http://127.0.0.1:1/${instance}.a`,
    `${instance}.a\r\nx: y`
  ]
  for (const sid of sids) {
    expect({ sid, ...(await poll(gateway, sid)) }).toMatchObject({ sid, ...unknown })
    expect(await gateway.api.call('POST', `${base}&sid=${encodeURIComponent(sid)}`, '4')).toMatchObject(unknown)
  }
  const open = await openSession(gateway)
  expect(await gateway.api.get(`${base}&sid=${open}&sid=${open}`)).toMatchObject(unknown)
  expect(replicas.map((replica) => replica.namings())).toEqual([0, 0])
  expect(replicas.flatMap(({ asked }) => asked)).toHaveLength(1)
})

test('a session that a replica does not hold is unknown, also for an upgrade', async () => {
  const { replicas, gateway } = await startTwo()
  const sids = [`${replicas[0].instanceId}.none`, `${randomUUID()}.none`]
  for (const sid of sids) {
    expect(await poll(gateway, sid)).toMatchObject(unknown)
    expect(await upgradeStatus(gateway, sid)).toBe(400)
  }
})

test('a flood of unknown instances asks each replica at most once per second', async () => {
  const { replicas, gateway } = await startTwo()
  const startedAt = performance.now()
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => poll(gateway, `${randomUUID()}.a`)))
    for (const answer of answers) expect(answer).toMatchObject(unknown)
  }
  const seconds = Math.ceil((performance.now() - startedAt) / 1_000)
  for (const replica of replicas) {
    expect(replica.namings()).toBeGreaterThanOrEqual(3)
    expect(replica.namings()).toBeLessThanOrEqual(seconds + 1)
  }
})

test('a replica that was replaced is found by its new id within the wait of one request', async () => {
  const { replicas, gateway } = await startTwo()
  await poll(gateway, `${randomUUID()}.a`)
  await replicas[0].kill()
  const replaced = await realtimeReplica({ port: replicas[0].port })
  const clients = Array.from({ length: 10 }, () => connect(gateway, { transports: ['polling'], reconnection: false }))
  expect(await Promise.all(clients.map(welcomed))).toContain(replaced.instanceId)
})

test('without a realtime gateway a handshake is a 503 in the dialect of its path', async () => {
  const { api } = await startGateway(await unusedUrl())
  const refused = { success: false, error: { code: 'SERVICE_UNAVAILABLE', message: expect.any(String) } }
  const answer = await api.get(base)
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(answer.body).toEqual(refused)
})

test('a realtime gateway that hangs fails a handshake in time', async () => {
  const hanging = await standIn(() => undefined)
  const { api } = await startGateway(hanging.url, { GATEWAY_ANSWER_TIMEOUT_MS: '200' })
  expect(await api.get(base)).toMatchObject({ status: 503, body: { error: { code: 'SERVICE_UNAVAILABLE' } } })
})

test('a session whose replica hangs or died is unknown; polls may wait for longer than other requests', async () => {
  const instanceId = randomUUID()
  const waiting = Promise.withResolvers<() => void>()
  const replica = await standIn(({ method, url }, response) => {
    if (url === '/instance') response.end(JSON.stringify({ instance_id: instanceId }))
    else if (method === 'GET') waiting.resolve(() => void response.end('2'))
  })
  const gateway = await startGateway(replica.url, { GATEWAY_ANSWER_TIMEOUT_MS: '200' })
  const polled = poll(gateway, `${instanceId}.a`)
  const answer = await waiting.promise
  expect(await send(gateway, `${instanceId}.a`, '3')).toMatchObject(unknown)
  answer()
  expect(await polled).toMatchObject({ status: 200, body: '2' })
  await replica.stop()
  expect(await poll(gateway, `${instanceId}.a`)).toMatchObject(unknown)
  expect(await upgradeStatus(gateway, `${instanceId}.a`)).toBe(400)
})

test('a poll whose connection breaks is not sent again', async () => {
  const instanceId = randomUUID()
  const replica = await standIn(({ url }, response) => {
    if (url === '/instance') response.end(JSON.stringify({ instance_id: instanceId }))
    else response.destroy()
  })
  const gateway = await startGateway(replica.url)
  expect(await poll(gateway, `${instanceId}.a`)).toMatchObject(unknown)
  expect(replica.asked.filter(({ url }) => url !== '/instance')).toHaveLength(1)
})

test('a client that aborts its poll ends its session at the replica', async () => {
  const replica = await realtimeReplica()
  const gateway = await startGateway(replica.url)
  const sid = await openSession(gateway)
  const request = httpRequest(`${gateway.url}${base}&sid=${sid}`).end()
  request.on('error', () => undefined)
  await eventually(async () =>
    expect(await metrics(gateway)).toMatch(/^gateway_open_sockets\{[^}]*polling"[^}]*\} 1$/m)
  )
  expect(replica.io.engine.clientsCount).toBe(1)
  request.destroy()
  await eventually(() => expect(replica.io.engine.clientsCount).toBe(0))
  expect(await metrics(gateway)).toMatch(/^gateway_open_sockets\{[^}]*polling"[^}]*\} 0$/m)
})

test('a large body reaches the realtime gateway, which limits it; a larger one is rejected before', async () => {
  const replica = await realtimeReplica()
  const gateway = await startGateway(replica.url)
  const client = connect(gateway, { transports: ['polling'] })
  await welcomed(client)
  const text = 'ö'.repeat(30_000)
  expect(await client.timeout(15_000).emitWithAck('echo', text)).toBe(text)
  const sid = await openSession(gateway)
  expect(await send(gateway, sid, `4${'x'.repeat(100_000)}`)).toMatchObject({ status: 413 })
  const other = await openSession(gateway)
  expect(await send(gateway, other, `4${'x'.repeat(400_000)}`)).toMatchObject({
    status: 413,
    body: { success: false, error: { code: 'PAYLOAD_TOO_LARGE' } }
  })
})

test('answers longer than a poll usually has reach the client whole', async () => {
  const replica = await realtimeReplica()
  const client = connect(await startGateway(replica.url), { transports: ['polling'] })
  await welcomed(client)
  const text = 'x'.repeat(2_000_000)
  const heard = new Promise((resolve) => client.once('large', resolve))
  replica.io.emit('large', text)
  expect(await heard).toBe(text)
})

test('a flood of polls from one address is rejected like any other', async () => {
  const replica = await realtimeReplica()
  const { api } = await startGateway(replica.url, { GATEWAY_REQUESTS_PER_MINUTE: '1' })
  expect(await api.get(base)).toMatchObject({ status: 200 })
  expect(await api.get(base)).toMatchObject({ status: 429, body: { error: { code: 'RATE_LIMIT_EXCEEDED' } } })
})

test('stopping ends polls that wait', async () => {
  const replica = await realtimeReplica()
  const gateway = await startGateway(replica.url)
  const sid = await openSession(gateway)
  const polled = poll(gateway, sid)
  await eventually(async () =>
    expect(await metrics(gateway)).toMatch(/^gateway_open_sockets\{[^}]*polling"[^}]*\} 1$/m)
  )
  await gateway.close()
  expect(await polled).toMatchObject(unknown)
})

test('open sockets are counted by transport, and failed upgrades by status', async () => {
  const replica = await realtimeReplica()
  const gateway = await startGateway(replica.url)
  const clients = ['polling', 'polling', 'websocket'].map((transport) => connect(gateway, { transports: [transport] }))
  await Promise.all(clients.map(welcomed))
  await eventually(async () => {
    const text = await metrics(gateway)
    expect(text).toMatch(/^gateway_open_sockets\{[^}]*polling"[^}]*\} 2$/m)
    expect(text).toMatch(/^gateway_open_sockets\{[^}]*websocket"[^}]*\} 1$/m)
  })
  await upgradeStatus(gateway, `${replica.instanceId}.none`)
  expect(await metrics(gateway)).toMatch(/^gateway_failed_upgrades_total\{[^}]*status="400"[^}]*\} 1$/m)
})

async function metrics({ api }: TestGateway): Promise<string> {
  return (await api.get('/metrics')).body
}

/** Returns the status of an upgrade that is refused. */
async function upgradeStatus({ url }: TestGateway, sid: string): Promise<number | undefined> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ=='
  }
  const request = httpRequest(`${url}/socket.io/?EIO=4&transport=websocket&sid=${sid}`, { headers }).end()
  const [response] = await once(request, 'response')
  response.resume()
  return response.statusCode
}
