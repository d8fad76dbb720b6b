import { join } from 'node:path'
import { type Door, doorFinder, doorOf, doors, socketRoutesOf, routesOf } from '@belay/contracts'
import { createStore } from '@belay/events'
import { beforeAll, expect, test } from 'vitest'
import { authentication, commands, createServer, registerDoors, type Server } from '../src/index.ts'
import { type Tables, useDatabase } from './database.ts'
import { toyDoor } from './toy/doors/toy/door.ts'

// A door built by following docs/adding-a-front-door.md.
const database = useDatabase()
const registered: readonly Door[] = [...doors, toyDoor]
const findDoor = doorFinder(registered, doorOf('/'))
const ada = '0192d1a0-abcd-7000-8000-00000000000a'
let app: Server

beforeAll(async () => {
  app = createServer({
    service: 'test',
    config: { LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost:8080' },
    doorOf: findDoor
  })
  await app.register(authentication, {
    devTestAuth: true,
    verifyToken: () => expect.fail('no tokens here'),
    findAccounts: async (ids) => ids.map((id) => ({ id, tier: 'free', role: 'user', disabled: false }))
  })
  const store = createStore<Tables>({
    ...app.runtime,
    db: database.db,
    source: 'chat',
    publish: async () => undefined,
    applyTo: async () => undefined,
    log: app.logger
  })
  await app.register(commands(store))
  await registerDoors(app, join(import.meta.dirname, 'toy'))
  return () => app.close()
})

function post(payload: object, key?: string) {
  const headers = { 'x-test-user-id': ada, ...(key !== undefined && { 'idempotency-key': key }) }
  return app.inject({ method: 'POST', url: '/toys', headers, payload })
}

function get(url: string) {
  return app.inject({ url, headers: { 'x-test-user-id': ada } })
}

test('its routes are found, and respond in its format', async () => {
  const made = await post({ name: 'ball' })
  expect([made.statusCode, made.json()]).toEqual([201, { id: expect.any(String), label: 'BALL' }])
  expect((await get(`/toys/${ada}/`)).json()).toEqual({ id: ada, label: 'BEAR' })
})

test('invalid input has its status and its error body', async () => {
  const response = await post({})
  expect([response.statusCode, response.json()]).toEqual([422, { oops: 'VALIDATION_ERROR: name: is required' }])
  expect(response.headers['content-type']).toBe('application/vnd.toy+json; charset=utf-8')
})

test('a malformed id in a path is reported as it declares', async () => {
  expect((await get('/toys/42')).statusCode).toBe(422)
})

test('a key that was used for another request has its status', async () => {
  await post({ name: 'ball' }, 'k1')
  const response = await post({ name: 'kite' }, 'k1')
  expect([response.statusCode, response.json().oops]).toEqual([400, expect.stringMatching(/^IDEMPOTENCY_KEY_REUSED: /)])
})

test('unknown paths beneath its own are refused in its format; every other path keeps its door', async () => {
  expect((await get('/toys/a/b/c')).json()).toEqual({ oops: 'NOT_FOUND: Not found' })
  expect((await get('/toy-stream/1/')).json()).toEqual({ oops: 'NOT_FOUND: Not found' })
  expect((await get('/toyshop')).json()).toMatchObject({ status: 404, detail: 'Not found' })
  const paths = [
    ...doors.flatMap(({ routes }) => Object.keys(routes)),
    ...socketRoutesOf(doors).map(({ path }) => path)
  ]
  expect(paths.filter((path) => findDoor(path) !== doorOf(path))).toEqual([])
})

test('the gateway routes its paths, and the reference describes its errors', async () => {
  expect(routesOf(registered)).toEqual([
    ...routesOf(doors),
    { path: '/toys', service: 'chat' },
    { path: '/toys/*', service: 'chat' },
    { path: '/toys/:id/parts', service: 'sessions' },
    { path: '/toys/:id/parts/*', service: 'sessions' }
  ])
  expect(socketRoutesOf(registered)).toEqual([
    ...socketRoutesOf(doors),
    { path: '/toy-stream/:id', protocol: 'engine.io' },
    { path: '/toy-stream/:id/*', protocol: 'engine.io' }
  ])
  const { paths, components } = (await app.inject('/openapi.json')).json()
  expect(components.schemas.Oops.properties).toEqual({ oops: { type: 'string' } })
  expect(paths['/toys'].post.responses['422'].content).toHaveProperty(['application/vnd.toy+json'])
})
