import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createApi, openSessionSocket } from '../src/index.ts'

let server: Server
let url = ''

// Echoes what it was sent, over HTTP and over sockets.
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      const { method, headers } = request
      const isEmpty = request.url === '/empty'
      response.writeHead(isEmpty ? 204 : 200, { 'content-type': 'application/json' })
      response.end(isEmpty ? undefined : JSON.stringify({ method, url: request.url, body, ...headers }))
    })
  })
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    socket.send(JSON.stringify({ type: 'hello', url: request.url }))
    socket.on('message', (data: Buffer) =>
      data.toString() === 'bye' ? socket.close(4001, 'as asked') : socket.send(data.toString())
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

afterAll(() => void server.close())

test('a call carries the token, the body as JSON and any headers', async () => {
  const answer = await createApi(url, 'secret').post('/a?b=c', { d: 1 }, { 'idempotency-key': 'k' })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    method: 'POST',
    url: '/a?b=c',
    body: '{"d":1}',
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    'idempotency-key': 'k'
  })
})

test('a call without a token and a body has neither, and text is sent as it is', async () => {
  const api = createApi(url)
  const bare = (await api.delete('/x')).body
  expect(bare).toMatchObject({ method: 'DELETE', body: '' })
  expect(Object.keys(bare)).not.toEqual(expect.arrayContaining(['authorization']))
  expect((await api.post('/x', '{ broken')).body).toMatchObject({ body: '{ broken' })
  expect(await api.get('/empty')).toMatchObject({ status: 204, body: undefined })
})

test('a socket remembers its frames, finds one that is still to come, and says how it closed', async () => {
  const socket = await openSessionSocket({ url }, 's1', 'secret', { afterSeq: 7 })
  expect(await socket.next((frame) => frame.type === 'hello')).toMatchObject({
    url: '/ws/sessions/s1/?token=secret&after_seq=7'
  })
  const coming = socket.next((frame) => frame.n === 2)
  for (const n of [1, 2]) socket.send({ n })
  expect(await coming).toEqual({ n: 2 })
  expect(socket.frames.map((frame) => frame.n)).toEqual([undefined, 1, 2])

  const never = socket.next((frame) => frame.n === 3)
  socket.send('bye')
  expect(await socket.closed).toEqual({ code: 4001, reason: 'as asked' })
  await expect(never).rejects.toThrow('the socket closed with 4001 as asked')
})
