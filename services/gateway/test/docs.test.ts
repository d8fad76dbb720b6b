import { existsSync, readFileSync } from 'node:fs'
import { busServices } from '@belay/contracts'
import { createApi, type Json, useSharedSystem } from '@belay/testing'
import { validate } from '@scalar/openapi-parser'
import { chromium, type Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkClientProgram } from './lib/client-program.ts'
import { startGateway } from './lib/gateway.ts'
import { asyncApiFindings, redoclyFindings, spectralFindings } from './lib/linters.ts'
import { breaksSincePublished } from './lib/published.ts'
import { unusedUrl, standIn } from './lib/stand-in.ts'

const browser = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const system = useSharedSystem()

test('one valid OpenAPI 3.1 document describes the paths of all services', async () => {
  const { status, body } = await createApi(system.url).get('/openapi.json')
  expect(status).toBe(200)
  expect(body.openapi).toMatch(/^3\.1\./)
  const { valid, errors } = await validate(body)
  expect({ valid, errors }).toEqual({ valid: true, errors: [] })
  const paths = Object.keys(body.paths)
  for (const path of [
    '/auth/login',
    '/api/users/me',
    '/api/trips',
    '/api/sessions/{id}/accept',
    '/api/notifications'
  ]) {
    expect(paths).toContain(path)
  }
  expect(body.paths['/api/sessions/{id}/messages']).toMatchObject({ get: { tags: expect.any(Array) }, post: {} })
  expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' })
  expect(body.info.description).toMatch('/ws/sessions/{id}/')
})

test('a body is marked as required where the call needs one', async () => {
  const { body } = await createApi(system.url).get('/openapi.json')
  const isNeeded = (path: string) => body.paths[path].post.requestBody.required
  expect(['/auth/login', '/api/sessions', '/api/sessions/{id}/messages'].map(isNeeded)).toEqual([true, true, true])
  expect(['decline', 'cancel', 'mark-read'].map((move) => isNeeded(`/api/sessions/{id}/${move}`))).toEqual(
    Array.from({ length: 3 }, () => false)
  )
})

test('a schema that two services share is the same in both', async () => {
  const seen = new Map<string, { service: string; schema: Json }>()
  for (const service of ['people', 'sessions', 'chat', 'notifications'] as const) {
    const { body } = await createApi(`http://127.0.0.1:${system.process(service).port}`).get('/openapi.json')
    for (const [name, schema] of Object.entries<Json>(body.components.schemas ?? {})) {
      const first = seen.get(name)
      if (first !== undefined) expect(schema, `${name} of ${service} and ${first.service}`).toEqual(first.schema)
      seen.set(name, { service, schema })
    }
  }
})

test('every path of every service is public', async () => {
  for (const service of ['people', 'sessions', 'chat', 'notifications'] as const) {
    const { body } = await createApi(`http://127.0.0.1:${system.process(service).port}`).get('/openapi.json')
    for (const [path, methods] of Object.entries<Json>(body.paths)) {
      const concrete = path.replaceAll(/\{\w+\}/g, '0193a5f0-0000-7000-8000-000000000001')
      for (const method of Object.keys(methods)) {
        const answer = await createApi(system.url).call(method.toUpperCase(), concrete)
        expect(answer.body?.detail, `${method} ${path} of ${service}`).not.toBe('Not found')
      }
    }
  }
})

test('the AsyncAPI 3 document describes every event and the frames of sockets; its references resolve', async () => {
  const { status, body } = await createApi(system.url).get('/asyncapi.json')
  expect(status).toBe(200)
  expect(body).toMatchObject({ asyncapi: '3.0.0', info: { title: expect.any(String), version: expect.any(String) } })
  expect(body.channels['belay.chat.message.sent.v1'].address).toBe('belay.evt.chat.message.sent.v1')
  expect(body.components.messages['belay.sessions.session.invited.v1'].payload).toMatchObject({
    type: 'object',
    properties: { type: { const: 'belay.sessions.session.invited.v1' }, data: { properties: { session_id: {} } } }
  })
  expect(body.channels['session-socket']).toMatchObject({ address: '/ws/sessions/{session_id}' })
  expect(body.channels['thread-socket']).toMatchObject({ address: '/ws/{user_id}' })
  expect(body.channels['direct-socket']).toMatchObject({ address: '/socket.io' })
  expect(body.components.messages['direct-socket.client.send_message']).toMatchObject({
    title: 'send_message',
    payload: { properties: { content: { type: 'string' } } }
  })
  for (const [name, message] of Object.entries<Json>(body.components.messages)) {
    expect({ name, summary: message.summary }).toEqual({ name, summary: expect.any(String) })
  }
  for (const operation of Object.values<Json>(body.operations)) expect(operation.action).toMatch(/^(send|receive)$/)
  const references = JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)
  for (const [, reference = ''] of references) {
    const target = reference.split('/').reduce<Json>((at, key) => at?.[key], body)
    expect({ reference, target }).toEqual({ reference, target: expect.any(Object) })
  }
})

test.each(['openapi.json', 'asyncapi.json'])('%s keeps everything that was published', async (name) => {
  const { body } = await createApi(system.url).get(`/${name}`)
  expect(breaksSincePublished(name, body)).toEqual([])
})

test('docs/monitoring.md names the metrics that each process exports, and no others', async () => {
  const text = readFileSync(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `(\w+)` \| (.+?) \|/gm)].map(([, name, from]) => ({ name, from }))
  const all = [...busServices, 'gateway'] as const
  const exporters = new Map<string, string[]>()
  for (const service of all) {
    const { body } = await createApi(`http://127.0.0.1:${system.process(service).port}`).get('/metrics')
    for (const [, name = ''] of String(body).matchAll(/^# TYPE (?!nodejs_|process_)(\w+)/gm)) {
      exporters.set(name, [...(exporters.get(name) ?? []), service])
    }
  }
  const wordsFor = (services: readonly string[]) => {
    const others = all.filter((service) => !services.includes(service))
    if (others.length === 0) return 'every process'
    return others.length === 1 ? `every process but \`${others[0]}\`` : services.map((one) => `\`${one}\``).join(', ')
  }
  const exported = [...exporters].map(([name, services]) => ({ name, from: wordsFor(services) }))
  const byName = (one: { name?: string }, other: { name?: string }) => (one.name ?? '').localeCompare(other.name ?? '')
  expect(documented.toSorted(byName)).toEqual(exported.toSorted(byName))
})

describe('the OpenAPI document', () => {
  const read = async (): Promise<Json> => (await createApi(system.url).get('/openapi.json')).body
  const operationsOf = (document: Json) =>
    Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).map(([method, operation]) => ({ path, method, ...operation }))
    )

  test('has no linter findings', async () => {
    const document = await read()
    expect(await redoclyFindings(document)).toEqual([])
    expect(await spectralFindings('openapi', document)).toEqual([])
  })

  test('gives a strict client types that need only what the server requires', async () => {
    const document = await read()
    const { complaints, calls } = await checkClientProgram(document)
    expect(complaints).toBe('')
    expect(calls).toBe(operationsOf(document).length)
  })

  test('names and describes every operation, with the errors that it may return', async () => {
    const operations = operationsOf(await read())
    for (const { path, method, operationId, tags, summary, description, responses } of operations) {
      const texts = [operationId, tags[0], summary, description]
      expect(texts, `${method} ${path} needs a summary and a description`).toEqual(texts.map(() => expect.any(String)))
      expect(Object.keys(responses), `${method} ${path}`).toEqual(expect.arrayContaining(['429', '503', 'default']))
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    const found = (id: string) => operations.find(({ operationId }) => operationId === id)
    expect(Object.keys(found('postApiSessionsByIdAccept')?.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '409'])
    )
    expect(found('getEvents')).toMatchObject({ security: [{}, { bearer: [] }] })
    expect(found('postAuthLogin')).toMatchObject({ security: [] })
  })

  test('marks inputs with a default, and headers, as optional', async () => {
    const { paths, components } = await read()
    const inputs = (path: string): Json[] => paths[path].get.parameters
    expect(inputs('/threads').map(({ name, required }) => [name, required])).toEqual([
      ['limit', false],
      ['cursor', false],
      ['offset', false]
    ])
    const body = paths['/events'].post.requestBody.content['application/json'].schema
    expect(body.required).toEqual(['title', 'starts_at'])
    expect(paths['/events'].post.parameters).toEqual([{ $ref: '#/components/parameters/IdempotencyKey' }])
    expect(components.parameters.IdempotencyKey).toMatchObject({
      name: 'Idempotency-Key',
      in: 'header',
      required: false
    })
    expect(Object.keys(paths['/events'].get.responses['429'].headers)).toEqual([
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy'
    ])
  })
})

test('the AsyncAPI document has no parser or linter findings', async () => {
  const { body } = await createApi(system.url).get('/asyncapi.json')
  expect(await asyncApiFindings(body)).toEqual([])
  expect(await spectralFindings('asyncapi', body)).toEqual([])
})

describe.skipIf(!existsSync(browser))('in a browser that reaches nothing else', () => {
  /** Opens a page and runs `read`; the page may have no errors and asks this system only. */
  async function visit(path: string, read: (page: Page) => Promise<void>): Promise<void> {
    const args = ['--no-sandbox', '--disable-background-networking', '--disable-quic', '--no-first-run']
    const chrome = await chromium.launch({
      executablePath: browser,
      args: [...args, '--disable-component-update', '--disable-sync']
    })
    onTestFinished(() => chrome.close())
    const page = await chrome.newPage()
    const faults: string[] = []
    const asked = new Set<string>()
    page.on('pageerror', ({ message }) => faults.push(message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    await page.goto(system.url + path)
    await read(page)
    expect([...asked]).toEqual([system.url])
    expect(faults).toEqual([])
  }

  test('people read the reference', async () => {
    await visit('', async (page) => {
      await page.getByText('Every conversation is tied to a plan.').waitFor()
      await page
        .getByRole('button', { name: /Send Buddy: chat/ })
        .first()
        .click()
      await page.getByText('Send a message in a session').first().waitFor()
      expect(new URL(page.url()).pathname).toBe('/docs/')
    })
  })

  test('people read about sockets and events', async () => {
    await visit('/docs/events', async (page) => {
      await page.getByText('Belay: events and WebSockets').first().waitFor()
      await page.getByText('/ws/sessions/{session_id}').first().waitFor()
      await page.getByText('belay.evt.chat.message.sent.v1').first().click()
      await page.getByText('A message is stored.').first().waitFor()
    })
  })
})

test.each(['/docs/', '/docs/events/'])('%s has its own policy: only scripts with its nonce', async (path) => {
  const { headers, body } = await createApi(system.url).get(path)
  const nonce = /'nonce-([\w-]+)'/.exec(String(headers['content-security-policy']))?.[1]
  expect(nonce).toBeTypeOf('string')
  for (const [script] of String(body).matchAll(/<script[^>]*>/g)) expect(script).toContain(`nonce="${nonce}"`)
})

test('while a service is unavailable the previous document is served; without one it is a 503', async () => {
  const document = { openapi: '3.1.0', paths: { '/one': {} }, components: { schemas: { One: {} } } }
  const service = await standIn((_asked, response) => void response.end(JSON.stringify(document)))
  const { api } = await startGateway(service.url)
  expect(await api.get('/openapi.json')).toMatchObject({ status: 200, body: { paths: { '/one': {} } } })
  await service.stop()
  expect(await api.get('/openapi.json')).toMatchObject({ status: 200 })
  const other = await startGateway(await unusedUrl())
  expect(await other.api.get('/openapi.json')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(await other.api.get('/asyncapi.json')).toMatchObject({ status: 200 })
})
