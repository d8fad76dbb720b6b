import { once } from 'node:events'
import { connect } from 'node:net'
import { createApi, eventually, openSocket } from '@belay/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { compositions, startGateway, type TestGateway } from './lib/gateway.ts'
import { type StandIn, standIn, unusedUrl } from './lib/stand-in.ts'

const sessionPath = '/ws/sessions/0193a5f0-0000-7000-8000-000000000001/'

/** A realtime gateway that first sends the request it received, then echoes. */
async function echoing(options: { maxPayload?: number } = {}): Promise<StandIn & { sockets: Set<WebSocket> }> {
  const service = await standIn()
  const upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false, ...options })
  service.server.on('upgrade', (request, stream, head) => {
    if (request.url?.includes('refused')) {
      stream.end(
        'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"status": 403}'
      )
      return
    }
    upgrader.handleUpgrade(request, stream, head, (socket) => {
      socket.send(JSON.stringify({ url: request.url, headers: request.headers }))
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    })
  })
  onTestFinished(() => {
    for (const socket of upgrader.clients) socket.terminate()
  })
  return Object.assign(service, { sockets: upgrader.clients })
}

function open({ url }: TestGateway, path: string, options: Parameters<typeof openSocket>[1] = {}) {
  return openSocket(`${url.replace(/^http/, 'ws')}${path}`, options)
}

describe.each(compositions)('%s', (_composition, start) => {
  test('a WebSocket request reaches the realtime gateway unchanged, with the client address', async () => {
    const service = await echoing()
    const gateway = await start(service.url)
    const headers = { authorization: 'Bearer t', 'x-forwarded-for': '203.0.113.9' }
    const socket = await open(gateway, `${sessionPath}?token=a.b.c`, { headers, protocols: ['bearer'] })
    const hello = await socket.next(({ url }) => url !== undefined)
    expect(hello.url).toBe(`${sessionPath}?token=a.b.c`)
    expect(hello.headers).toMatchObject({
      authorization: 'Bearer t',
      'sec-websocket-protocol': 'bearer',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(gateway.url).host
    })
    socket.close()
  })

  test('frames pass in both directions in order, small ones and large ones', async () => {
    const service = await echoing({ maxPayload: 4_000_000 })
    const socket = await open(await start(service.url), sessionPath)
    const text = 'ö'.repeat(500_000)
    for (let n = 0; n < 50; n += 1) socket.send({ n })
    socket.send({ n: 50, text })
    await socket.next(({ n }) => n === 50)
    expect(socket.frames.filter(({ n }) => n !== undefined).map(({ n }) => n)).toEqual(
      Array.from({ length: 51 }, (_, n) => n)
    )
    expect(socket.frames.at(-1)?.text).toBe(text)
    socket.close()
  })

  test('close codes and reasons reach the other side, from either side', async () => {
    const service = await echoing()
    const gateway = await start(service.url)
    const first = await open(gateway, sessionPath)
    await eventually(async () => expect(service.sockets.size).toBe(1))
    for (const socket of service.sockets) socket.close(4004, 'not a participant')
    expect(await first.closed).toEqual({ code: 4004, reason: 'not a participant' })
    const second = await open(gateway, sessionPath)
    await eventually(async () => expect(service.sockets.size).toBe(1))
    const [upstream] = service.sockets
    if (upstream === undefined) throw new Error('no connection')
    second.close(4321)
    const [code] = await once(upstream, 'close')
    expect(code).toBe(4321)
  })

  test('a connection that breaks on one side is closed on the other', async () => {
    const service = await echoing()
    const gateway = await start(service.url)
    const first = await open(gateway, sessionPath)
    await eventually(async () => expect(service.sockets.size).toBe(1))
    first.terminate()
    await eventually(async () => expect(service.sockets.size).toBe(0))
    const second = await open(gateway, sessionPath)
    await eventually(async () => expect(service.sockets.size).toBe(1))
    for (const socket of service.sockets) socket.terminate()
    expect(await second.closed).toMatchObject({ code: 1006 })
    await eventually(async () => {
      const { body } = await gateway.api.get('/metrics')
      expect(body).toMatch(/^gateway_open_sockets\{[^}]*\} 0$/m)
    })
  })

  test('an upgrade of any other path is an unknown path, and a plain request to a socket path is rejected as such', async () => {
    const gateway = await start((await echoing()).url)
    await expect(open(gateway, '/nothing')).rejects.toThrow('404')
    await expect(open(gateway, '/ws')).rejects.toThrow('404')
    const { api } = gateway
    expect(await api.get(sessionPath)).toMatchObject({
      status: 426,
      headers: { upgrade: 'websocket' },
      body: { code: 'UPGRADE_REQUIRED' }
    })
    const offered = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' }
    expect(await rawGet(gateway.url, '/livez', offered)).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('a refusal of the realtime gateway is passed on', async () => {
    const gateway = await start((await echoing()).url)
    const answer = await rawGet(gateway.url, '/ws/refused', upgradeHeaders)
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).toMatch(/{"status": 403}$/)
  })

  test('a request to a realtime gateway that hangs times out', async () => {
    const hanging = await standIn()
    hanging.server.on('upgrade', (_request, stream) =>
      stream.on('error', () => undefined).on('end', () => stream.end())
    )
    const gateway = await start(hanging.url, { GATEWAY_ANSWER_TIMEOUT_MS: '200' })
    expect(await rawGet(gateway.url, sessionPath, upgradeHeaders)).toMatch(/^HTTP\/1\.1 503 /)
  })

  test('a client whose upgrade fails cannot keep its connection by sending more', async () => {
    const gateway = await start((await echoing()).url)
    const { hostname, port, host } = new URL(gateway.url)
    for (const path of ['/nothing', '/ws/refused']) {
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).setEncoding('utf8')
      const lines = Object.entries({ host, ...upgradeHeaders }).map(([name, value]) => `${name}: ${value}`)
      socket.write([`GET ${path} HTTP/1.1`, ...lines, '', 'more'].join('\r\n'))
      const [answer] = await once(socket, 'data')
      expect(answer).toMatch(/^HTTP\/1\.1 40[34] /)
      onTestFinished(() => void socket.destroy())
    }
    await gateway.close()
  })

  test('a flood of upgrades from one address is rejected like any other', async () => {
    const gateway = await start((await echoing()).url, { GATEWAY_REQUESTS_PER_MINUTE: '1' })
    ;(await open(gateway, sessionPath)).close()
    await expect(open(gateway, sessionPath)).rejects.toThrow('429')
  })
})

test('without a realtime gateway an upgrade is a 503 with Retry-After; with one more replica it succeeds', async () => {
  const gone = await unusedUrl()
  const alone = await startGateway(gone)
  const answer = await rawGet(alone.url, sessionPath, upgradeHeaders)
  expect(answer).toMatch(/^HTTP\/1\.1 503 /)
  expect(answer.toLowerCase()).toMatch('retry-after: 1')
  expect(answer).toMatch('"code":"SERVICE_UNAVAILABLE"')
  const service = await echoing()
  const gateway = await startGateway(`${gone},${service.url}`)
  for (let n = 0; n < 4; n += 1) (await open(gateway, sessionPath)).close()
})

test('stopping waits for sockets to be closed, then closes the rest', async () => {
  const service = await echoing()
  const gateway = await startGateway(service.url)
  const socket = await open(gateway, sessionPath)
  const stopped = gateway.close()
  expect(await socket.closed).toMatchObject({ code: 1006 })
  await stopped
  await expect(createApi(gateway.url).get('/livez')).rejects.toThrow('ECONNREFUSED')
})

const upgradeHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ=='
}

/** Returns everything received on a connection after one request. */
async function rawGet(origin: string, path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port, host } = new URL(origin)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`)
  socket.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
  let received = ''
  for await (const chunk of socket) {
    received += String(chunk)
    if (/\r\n\r\n.*}$/s.test(received)) break
  }
  return received
}
