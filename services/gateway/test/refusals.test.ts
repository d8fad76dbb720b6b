import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { compositions, startGateway } from './lib/gateway.ts'
import { sendRaw } from './lib/raw-http.ts'
import { standIn } from './lib/stand-in.ts'

const page = 'http://localhost:5173'
const head = `Host: localhost\r\nOrigin: ${page}\r\n`
const last = `${head}Connection: close\r\n`

const codes: Record<number, string> = {
  405: 'METHOD_NOT_ALLOWED',
  417: 'EXPECTATION_FAILED',
  431: 'HEADERS_TOO_LARGE'
}

describe.each(compositions)('%s', (_composition, start) => {
  test.each([
    ['a path that encodes nothing', `GET /events/%zz HTTP/1.1\r\n${last}\r\n`, 400],
    ['a path that is not UTF-8', `GET /events/%FF HTTP/1.1\r\n${last}\r\n`, 422],
    ['a query that is not UTF-8', `GET /events?tag=%ED%A0%80 HTTP/1.1\r\n${last}\r\n`, 422],
    ['a query that encodes nothing', `GET /events?tag=100% HTTP/1.1\r\n${last}\r\n`, 400],
    ['an unencoded path beyond ASCII', `GET /events/ñ HTTP/1.1\r\n${last}\r\n`, 400],
    ['an unsupported expectation', `POST /events HTTP/1.1\r\n${last}Expect: tea\r\nContent-Length: 0\r\n\r\n`, 417],
    ['a method that is none', `BREW /events HTTP/1.1\r\n${head}\r\n`, 405],
    ['a method that no path has', `PROPFIND /events HTTP/1.1\r\n${last}\r\n`, 404],
    ['headers of 20 KiB', `GET /events HTTP/1.1\r\n${head}X-Long: ${'x'.repeat(20_480)}\r\n\r\n`, 431],
    ['headers of 200 KiB', `GET /events HTTP/1.1\r\n${head}X-Long: ${'x'.repeat(204_800)}\r\n\r\n`, 431],
    ['a header that is none', `GET /events HTTP/1.1\r\n${head}no header\r\n\r\n`, 400],
    ['a broken chunk', `POST /events HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['two lengths', `POST /events HTTP/1.1\r\n${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`, 400]
  ])('%s gets a response like any other request', async (_what, request, status) => {
    const service = await standIn()
    const { url } = await start(service.url)
    const answer = await sendRaw(url, request)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      vary: 'Origin'
    })
    expect(answer.body).toMatchObject({
      status,
      detail: expect.any(String),
      request_id: answer.headers['x-request-id']
    })
    expect(answer.body.code).toBe(codes[status] ?? answer.body.code)
    expect(service.asked).toEqual([])
  })

  test('an unparsable request is rejected in the dialect of its path, as far as the path is readable', async () => {
    const { url } = await start((await standIn()).url)
    const envelope = { success: false, error: { code: expect.any(String), message: expect.any(String) } }
    for (const request of [
      `BREW /api/v1/matches HTTP/1.1\r\n${head}\r\n`,
      `GET /api/v1/users/%zz HTTP/1.1\r\n${last}\r\n`,
      `GET /api/v1/matches HTTP/1.1\r\n${head}X-Long: ${'x'.repeat(20_480)}\r\n\r\n`
    ])
      expect((await sendRaw(url, request)).body).toEqual(envelope)
  })

  test('input that is not HTTP, names no host or requests a tunnel is rejected', async () => {
    const { url } = await start((await standIn()).url)
    const requests = {
      400: ['\x16\x03\x01\x02hello\r\n\r\n', 'GET /events HTTP/1.1\r\nConnection: close\r\n\r\n'],
      405: [`CONNECT localhost:80 HTTP/1.1\r\n${head}\r\n`]
    }
    for (const [status, refused] of Object.entries(requests)) {
      for (const request of refused) {
        const answer = await sendRaw(url, request)
        expect(answer.body).toMatchObject({ status: Number(status), code: expect.any(String) })
        expect(answer.headers).toHaveProperty('content-security-policy')
      }
    }
  })

  test('a page of another origin may not read a refusal', async () => {
    const { url } = await start((await standIn()).url, { NODE_ENV: 'production' })
    const { headers } = await sendRaw(url, `BREW /events HTTP/1.1\r\n${head}\r\n`)
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).toHaveProperty('strict-transport-security')
  })

  test('an absolute URL in the request line is routed by its path', async () => {
    const service = await standIn()
    const { url } = await start(service.url)
    const answer = await sendRaw(url, `GET ${url}/events/1?a=b HTTP/1.1\r\n${last}\r\n`)
    expect(answer.status).toBe(200)
    expect(service.asked.map((asked) => asked.url)).toEqual(['/events/1?a=b'])
  })

  test('OPTIONS * is not an error', async () => {
    const { url } = await start((await standIn()).url)
    const answer = await sendRaw(url, `OPTIONS * HTTP/1.1\r\n${last}\r\n`)
    expect(answer.status).toBe(204)
    expect(answer.headers).toHaveProperty('content-security-policy')
  })
})

test('a silent connection is closed within 10 s, one between two requests is not', async () => {
  const { url } = await startGateway((await standIn()).url)
  const port = Number(new URL(url).port)
  const silent = connect(port, '127.0.0.1')
  const talking = connect(port, '127.0.0.1')
  const received: string[] = []
  for (const socket of [silent, talking]) socket.on('data', (chunk) => received.push(String(chunk)))
  const request = `GET /events HTTP/1.1\r\n${head}\r\n`
  talking.write(request)
  const slow = connect(port, '127.0.0.1', () => slow.write('GET /events HTTP/1.1\r\n'))
  slow.resume()
  await Promise.all([once(silent, 'close'), once(slow, 'close')])
  talking.write(request)
  await once(talking, 'data')
  expect(received.map((text) => text.slice(0, 15))).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'])
  talking.destroy()
}, 15_000)
