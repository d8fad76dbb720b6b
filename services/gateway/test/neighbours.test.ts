import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { createServer, Neighbours, type Server, systemRuntime } from '@belay/kit'
import { createApi, eventually } from '@belay/testing'
import type { FastifyRequest } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compositions, startGateway, type TestGateway } from './lib/gateway.ts'
import { portOf, standIn } from './lib/stand-in.ts'

const secret = 'a-secret-of-at-least-32-characters'
const page = 'http://localhost:5173'

interface Beside {
  gateway: TestGateway
  service: Server
  /** The URL of the service's own port. */
  serviceUrl: string
  /** How many connections that port got. */
  connections: () => number
  /** Bodies that reached a handler. */
  bodies: unknown[]
  /** How many slow responses wait. */
  waiting: () => number
  /** Lets the next waiting response go. */
  release: () => void
}

/** A service of ours behind a gateway, in its process or not; the service has every path. */
async function start(isBeside: boolean, env: Record<string, string> = {}): Promise<Beside> {
  const neighbours = isBeside ? new Neighbours() : undefined
  const config = { LOG_LEVEL: 'silent' as const, PUBLIC_URL: 'http://localhost:8080', GATEWAY_SECRET: secret }
  const service = createServer({ service: 'people', config, runtime: { ...systemRuntime, neighbours } })
  const bodies: unknown[] = []
  const waiting: (() => void)[] = []
  let connections = 0
  service.server.on('connection', () => (connections += 1))
  const see = (request: FastifyRequest) => {
    const { headers, host, id, ip, protocol, url } = request
    return { headers: { ...headers, connection: undefined }, host, id, ip, protocol, url }
  }
  service.get('/api/users/seen', async (request) => see(request))
  service.post('/api/users/echo', async ({ body }) => {
    bodies.push(body)
    return { body }
  })
  service.get('/api/users/slow', async (_request, reply) => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return reply.header('vary', 'Accept').send({ slow: true })
  })
  service.get('/api/users/closing', async (_request, reply) =>
    reply.headers({ connection: 'close', 'keep-alive': 'timeout=1', 'x-request-id': 'other' }).send({})
  )
  service.get('/api/users/stream', async (_request, reply) => {
    const pieces = Array.from({ length: 40 }, (_, n) => `${n}:${'x'.repeat(20_000)};`)
    return reply.header('vary', 'Accept').type('text/plain').send(Readable.from(pieces))
  })
  service.get('/api/users/breaks', async (_request, reply) => {
    const half = Readable.from(
      (function* () {
        yield 'half'
        throw new Error('broken')
      })()
    )
    return reply.type('text/plain').header('content-length', 100).send(half)
  })
  await service.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => service.close())
  const serviceUrl = `http://127.0.0.1:${portOf(service.server)}`
  const gateway = await startGateway(serviceUrl, { GATEWAY_SECRET: secret, ...env }, 0, neighbours)
  return {
    gateway,
    service,
    serviceUrl,
    connections: () => connections,
    bodies,
    waiting: () => waiting.length,
    release: () => waiting.shift()?.()
  }
}

function dial({ gateway }: Beside): Socket {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').setEncoding('utf8')
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Collects what arrives until it matches. */
async function receive(socket: Socket, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (pattern.test(text)) return text
  }
  return text
}

const metricsOf = async ({ gateway }: Beside): Promise<string> => (await gateway.api.get('/metrics')).body

describe.each(compositions)('%s', (composition) => {
  const isBeside = composition === 'within the process'

  test('the service gets every request once, and a connection only from a gateway elsewhere', async () => {
    const beside = await start(isBeside)
    const { api } = beside.gateway
    for (let n = 0; n < 10; n += 1) expect((await api.post('/api/users/echo', { n })).body).toEqual({ body: { n } })
    expect(beside.bodies).toEqual(Array.from({ length: 10 }, (_, n) => ({ n })))
    expect(beside.connections() > 0).toBe(!isBeside)
  })

  test('the service sees the client as the gateway does, and nothing of what it claims', async () => {
    const { gateway } = await start(isBeside)
    const answer = await gateway.api.get('/api/users/seen?a=b', {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-user': 'admin',
      'x-belay-gateway': secret,
      'proxy-authorization': 'Basic x',
      'x-request-id': 'my-request-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    })
    expect(answer.headers['x-request-id']).toBe('my-request-1')
    expect(answer.body).toMatchObject({
      host: new URL(gateway.url).host,
      id: 'my-request-1',
      ip: '127.0.0.1',
      protocol: 'http',
      url: '/api/users/seen?a=b',
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    })
    for (const name of ['x-forwarded-user', 'x-belay-gateway', 'proxy-authorization'])
      expect(answer.body.headers).not.toHaveProperty(name)
  })

  test('bodies have the limits of both, and broken ones get the same errors', async () => {
    const { gateway, bodies } = await start(isBeside)
    const { api } = gateway
    const json = { 'content-type': 'application/json' }
    const cases = [
      [200, `"${'x'.repeat(256 * 1024 - 2)}"`],
      [413, `"${'x'.repeat(257 * 1024)}"`],
      [413, `"${'x'.repeat(310 * 1024)}"`],
      [400, '{"a": 1,}'],
      [400, Buffer.from([0x22, 0xff, 0x22])],
      [200, '']
    ] as const
    for (const [status, body] of cases) {
      const answer = await fetch(`${gateway.url}/api/users/echo`, { method: 'POST', headers: json, body })
      expect([answer.status, answer.headers.get('x-request-id')]).toEqual([status, expect.any(String)])
      if (status !== 200) expect(answer.headers.get('content-type')).toMatch('application/problem+json')
      await answer.arrayBuffer()
    }
    expect(await api.call('POST', '/api/users/echo', '<a/>', { 'content-type': 'text/xml' })).toMatchObject({
      status: 415
    })
    expect(bodies).toHaveLength(2)
    const inPieces = { method: 'POST', headers: json, body: Readable.from(['{"a":', '1}']), duplex: 'half' } as const
    expect(await (await fetch(`${gateway.url}/api/users/echo`, inPieces)).json()).toEqual({ body: { a: 1 } })
  })

  test("HEAD, other methods and CORS are the gateway's and the service's together", async () => {
    const { api } = (await start(isBeside)).gateway
    expect(await api.call('HEAD', '/api/users/seen')).toMatchObject({ status: 200, body: undefined })
    expect(await api.call('DELETE', '/api/users/seen')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    const asks = { origin: page, 'access-control-request-method': 'POST' }
    expect(await api.call('OPTIONS', '/api/users/echo', undefined, asks)).toMatchObject({ status: 204 })
    const { headers } = await api.get('/api/users/stream', { origin: page })
    expect(headers).toMatchObject({
      vary: 'Origin, Accept',
      'access-control-allow-origin': page,
      'content-type': 'text/plain',
      'x-content-type-options': 'nosniff'
    })
  })

  test('headers about the connection are of the gateway', async () => {
    const { api } = (await start(isBeside)).gateway
    const { headers } = await api.get('/api/users/closing', { connection: 'keep-alive' })
    expect(headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=72', 'x-request-id': 'other' })
  })

  test('a connection serves many requests, also when they are sent before the first response', async () => {
    const beside = await start(isBeside)
    const socket = dial(beside)
    const request = (n: number) =>
      `POST /api/users/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"n":${n}}`
    socket.write(request(1) + request(2) + request(3))
    const text = await receive(socket, /"n":3/)
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3)
    expect([...text.matchAll(/"n":(\d)/g)].map(([, n]) => Number(n))).toEqual([1, 2, 3])
    socket.write(request(4))
    expect(await receive(socket, /"n":4/)).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('a body that comes slowly, or after 100 Continue, arrives whole', async () => {
    const beside = await start(isBeside, { GATEWAY_ANSWER_TIMEOUT_MS: '200' })
    const socket = dial(beside)
    const head = 'POST /api/users/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n'
    socket.write(`${head}Expect: 100-continue\r\n\r\n`)
    expect(await receive(socket, /\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    for (const piece of ['{"n', '":', '1}']) {
      // Takes as long as a service may be silent.
      expect((await beside.gateway.api.get('/api/users/slow')).status).toBe(503)
      socket.write(piece)
    }
    expect(await receive(socket, /"n":1/)).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(beside.bodies).toEqual([{ n: 1 }])
  })

  test('a client that leaves in the middle of its request or of the response does no harm', async () => {
    const beside = await start(isBeside)
    const leaving = dial(beside)
    leaving.write(
      'POST /api/users/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"n"'
    )
    leaving.write('', () => leaving.destroy())
    const reading = httpRequest(`${beside.gateway.url}/api/users/stream`).end()
    const [response] = await once(reading, 'response')
    await once(response, 'data')
    response.destroy()
    const waiting = httpRequest(`${beside.gateway.url}/api/users/slow`).end()
    waiting.on('error', () => undefined)
    await eventually(() => expect(beside.waiting()).toBe(1))
    waiting.destroy()
    beside.release()
    expect((await beside.gateway.api.post('/api/users/echo', { n: 2 })).status).toBe(200)
    expect(beside.bodies).toEqual([{ n: 2 }])
  })

  test('a long response is streamed whole, and one that breaks off ends the connection', async () => {
    const { gateway } = await start(isBeside)
    const { status, body } = await gateway.api.get('/api/users/stream')
    expect(status).toBe(200)
    expect(String(body)).toHaveLength(40 * 20_000 + 10 * 3 + 30 * 4)
    // A gateway elsewhere reads short responses whole, and may still respond itself.
    const broken = await fetch(`${gateway.url}/api/users/breaks`)
      .then(
        async (answer) => (answer.ok ? answer.text() : 'not ok'),
        () => 'failed'
      )
      .catch(() => 'broken')
    expect(['not ok', 'failed', 'broken']).toContain(broken)
  })

  test('a service that is silent for too long is a 503, and what it sends afterwards is dropped', async () => {
    const beside = await start(isBeside, { GATEWAY_ANSWER_TIMEOUT_MS: '200' })
    const { api } = beside.gateway
    expect(await api.get('/api/users/slow')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'SERVICE_UNAVAILABLE' }
    })
    beside.release()
    expect(await api.post('/api/users/echo', { n: 1 })).toMatchObject({ status: 200, body: { body: { n: 1 } } })
    expect(await metricsOf(beside)).toMatch(/^gateway_upstream_failures_total\{[^}]*UND_ERR_HEADERS_TIMEOUT[^}]*\} 1$/m)
  })

  test('the gateway measures each request once, and so does the service', async () => {
    const beside = await start(isBeside)
    for (let n = 0; n < 3; n += 1) await beside.gateway.api.post('/api/users/echo', { n })
    const count = /^http_request_duration_seconds_count\{[^}]*method="POST"[^}]*\} 3$/m
    await eventually(async () => expect(await metricsOf(beside)).toMatch(count))
    const { body } = await createApi(beside.serviceUrl).get('/metrics')
    expect(body).toMatch(count)
  })

  test('a service that stops is a 503 with Retry-After', async () => {
    const beside = await start(isBeside)
    await beside.service.close()
    expect(await beside.gateway.api.get('/api/users/seen')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'SERVICE_UNAVAILABLE' }
    })
  })

  test('stopping lets a running request finish', async () => {
    const beside = await start(isBeside)
    const answer = beside.gateway.api.get('/api/users/slow')
    await eventually(() => expect(beside.waiting()).toBe(1))
    const closed = beside.gateway.close()
    beside.release()
    expect(await answer).toMatchObject({ status: 200, body: { slow: true } })
    await closed
  })
})

test('a session of another realtime gateway goes there, all others stay in the process', async () => {
  const other = await standIn((_asked, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ instance_id: otherId, ok: 'other' }))
  })
  const here = await standIn((_asked, response) => void response.end('here'))
  const neighbours = new Neighbours()
  neighbours.add('realtime-gateway', {
    instanceId: ownId,
    request: (...handed) => void here.server.emit('request', ...handed),
    upgrade: () => undefined
  })
  const { api } = await startGateway(other.url, {}, 0, neighbours)
  const base = '/socket.io/?EIO=4&transport=polling'
  expect((await api.get(base)).body).toBe('here')
  expect((await api.get(`${base}&sid=${ownId}.a`)).body).toBe('here')
  const text = { 'content-type': 'text/plain' }
  expect((await api.call('POST', `${base}&sid=${ownId}.a`, '4x', text)).body).toBe('here')
  expect(String(here.asked.at(-1)?.body)).toBe('4x')
  expect((await api.get(`${base}&sid=${otherId}.a`)).body).toMatchObject({ ok: 'other' })
  expect(await api.get(`${base}&sid=nonsense`)).toMatchObject({ status: 400, body: { code: 1 } })
  expect(here.asked).toHaveLength(3)
})

const ownId = '0193a5f0-0000-7000-8000-00000000000a'
const otherId = '0193a5f0-0000-7000-8000-00000000000b'
