import { liveSubjects } from '@belay/contracts'
import { systemRuntime } from '@belay/kit'
import { createApi } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { closeClients, connect, signIn, useGateways } from '../support/direct.ts'

const gateways = useGateways({
  env: {
    OPEN_TIMEOUT_MS: '1000',
    MAX_CONNECTIONS_PER_USER: '3',
    CORS_ORIGINS: 'https://app.example.org'
  }
})
closeClients()

const { newId } = systemRuntime
const url = () => gateways.urls[0] ?? ''

const unauthenticated = { code: 'UNAUTHENTICATED', message: expect.any(String) }

describe('a client signs in', () => {
  test('by auth.token of its handshake', async () => {
    const userId = newId()
    const client = connect(url(), { auth: { token: await gateways.chat.sign(userId) } })
    expect(await client.next('authenticated')).toEqual({ user_id: userId })
  })

  test('by the event authenticate, which is acknowledged', async () => {
    const userId = newId()
    const client = connect(url())
    const answer = await client.ask('authenticate', { token: await gateways.chat.sign(userId) })
    expect(answer).toEqual({ success: true, data: { user_id: userId } })
    expect(client.all('authenticated')).toEqual([{ user_id: userId }])
  })

  test('by polling alone, and by polling that is upgraded', async () => {
    const token = await gateways.chat.sign(newId())
    const polling = await signIn(url(), token, { transports: ['polling'] })
    expect(polling.raw.io.engine.transport.name).toBe('polling')
    const upgraded = connect(url(), { transports: ['polling', 'websocket'], auth: { token } })
    await new Promise((resolve) => upgraded.raw.io.engine.once('upgrade', resolve))
    expect(await upgraded.ask('recover', {})).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR' } })
    expect(upgraded.raw.io.engine.transport.name).toBe('websocket')
  })

  test('and what it emits meanwhile waits and keeps its order', async () => {
    const [userId, peerId] = [newId(), newId()]
    const conversation = gateways.chat.converse(userId, peerId)
    const client = connect(url(), { auth: { token: await gateways.chat.sign(userId) } })
    for (const content of ['one', 'two', 'three']) {
      client.raw.emit('send_message', { conversation_id: conversation.id, content })
    }
    await client.next('new_message', ({ seq }) => seq === 3)
    expect(client.events.map(({ name, data }) => data['content'] ?? name)).toEqual([
      'authenticated',
      ...['one', 'two', 'three']
    ])
  })
})

describe('a client is disconnected', () => {
  test.each(['nonsense', '', 'a.b.c', 'x'.repeat(80)])('with unauthorized for a bad token (%j)', async (token) => {
    const client = connect(url(), { auth: { token } })
    expect(await client.disconnected).toBe('io server disconnect')
    expect(client.events).toEqual([{ name: 'unauthorized', data: unauthenticated }])
  })

  test('when it has not signed in in time, whether it emits or not', async () => {
    const client = connect(url())
    await new Promise((resolve) => client.raw.once('connect', () => resolve(undefined)))
    const refused = await client.ask('send_message', { receiver_id: newId(), content: 'let me in' })
    expect(refused).toEqual({ success: false, error: unauthenticated })
    expect(await client.disconnected).toBe('io server disconnect')
    expect(client.all('unauthorized')).toEqual([unauthenticated])
  })

  test('when its token expires; a later token prolongs the connection', async () => {
    const userId = newId()
    const [expiring, prolonged] = await Promise.all([
      signIn(url(), await gateways.chat.sign(userId, { expiresInMs: 2_000 })),
      signIn(url(), await gateways.chat.sign(userId, { expiresInMs: 2_000 }))
    ])
    await prolonged.ask('authenticate', { token: await gateways.chat.sign(userId) })
    expect(await expiring.disconnected).toBe('io server disconnect')
    expect(expiring.all('unauthorized')).toEqual([{ code: 'UNAUTHENTICATED', message: 'Token expired' }])
    expect(prolonged.raw.connected).toBe(true)
  })

  test('when a later token is another person’s', async () => {
    const client = await signIn(url(), await gateways.chat.sign(newId()))
    client.raw.emit('authenticate', { token: await gateways.chat.sign(newId()) })
    expect(await client.disconnected).toBe('io server disconnect')
  })

  test.each([
    ['disabled', 'ACCOUNT_DISABLED'],
    ['deleted', 'USER_NOT_FOUND'],
    ['logged_out', 'UNAUTHENTICATED']
  ] as const)('at once when its account is %s', async (reason, code) => {
    const userId = newId()
    const client = await signIn(url(), await gateways.chat.sign(userId))
    gateways.chat.bus.publishLive(liveSubjects.access(userId), { kind: 'access_ended', reason })
    expect(await client.disconnected).toBe('io server disconnect')
    expect(client.all('unauthorized')).toEqual([{ code, message: expect.any(String) }])
  })

  test('when its person has too many', async () => {
    const token = await gateways.chat.sign(newId())
    for (let n = 0; n < 3; n += 1) await signIn(url(), token)
    const client = connect(url(), { auth: { token } })
    expect(await client.disconnected).toBe('io server disconnect')
    expect(client.all('unauthorized')).toMatchObject([{ code: 'TOO_MANY_CONNECTIONS' }])
  })

  test('so that it reconnects by itself when the chat does not answer', async () => {
    gateways.chat.failing.add('join-conversations')
    const client = connect(url(), { auth: { token: await gateways.chat.sign(newId()) } })
    expect(await client.disconnected).toBe('transport close')
    gateways.chat.failing.clear()
  })
})

describe('a handshake is refused', () => {
  const handshake = '/socket.io/?EIO=4&transport=polling'

  test.each([
    ['https://evil.example.org', 403],
    ['https://app.example.org', 200],
    ['null', 403]
  ])('by origin: %s %i', async (origin, status) => {
    const response = await fetch(`${url()}${handshake}`, { headers: { origin } })
    expect(response.status).toBe(status)
    if (status === 403) expect(await response.json()).toMatchObject({ error: { code: 'FOREIGN_ORIGIN' } })
    const client = connect(url(), { extraHeaders: { origin } })
    const opened = await new Promise((resolve) => {
      client.raw.once('connect', () => resolve(200))
      client.raw.once('connect_error', () => resolve(403))
    })
    expect(opened).toBe(status)
  })
})

test('session ids name the process, which names itself on its own port', async () => {
  const { body } = await createApi(url()).get('/instance')
  const client = await signIn(url(), await gateways.chat.sign(newId()))
  expect(client.raw.io.engine.id?.split('.')).toEqual([body.instance_id, expect.stringMatching(/^[\w-]{20}$/)])
})
