import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServer, type Server } from '../src/index.ts'

const secret = 'the-secret-that-the-gateway-shows-to-services'
const claims = { 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'claimed-request-1' }
let app: Server

beforeAll(async () => {
  const config = { LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost:8080', GATEWAY_SECRET: secret } as const
  app = createServer({ service: 'test', config })
  const open = { config: { auth: 'none' } } as const
  app.all('/seen', open, async ({ ip, id, headers }) => ({ ip, id, shown: headers['x-belay-gateway'] ?? null }))
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

/** How the service sees a call. */
function seen(headers: Record<string, string>, method = 'GET'): Promise<unknown> {
  const address = app.server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/seen', method, headers }, (answer) => {
      answer.setEncoding('utf8').once('data', (text: string) => resolve(JSON.parse(text)))
    })
    call.once('error', reject)
    call.end()
  })
}

test('a service trusts the caller headers of the gateway', async () => {
  const viaGateway = { ...claims, 'x-belay-gateway': secret }
  expect(await seen(viaGateway)).toEqual({ ip: '203.0.113.9', id: 'claimed-request-1', shown: null })
})

test.each([
  ['without the secret', {}],
  ['with another secret', { 'x-belay-gateway': 'the-secret-that-another-caller-sends-services' }],
  ['with an empty secret', { 'x-belay-gateway': '' }]
])('a service ignores the caller headers of a call %s', async (_, shown) => {
  const own = { ip: '127.0.0.1', id: expect.stringMatching(/^[0-9a-f-]{36}$/), shown: null }
  expect(await seen({ ...claims, ...shown })).toEqual(own)
  const expecting = { ...claims, ...shown, expect: '100-continue', 'content-length': '0' }
  expect(await seen(expecting, 'POST')).toEqual(own)
})
