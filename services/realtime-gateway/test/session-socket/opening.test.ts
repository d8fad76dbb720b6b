import { makePlan, openSessionSocket, openSocket, registerUser, useSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { isMessage, replica, upgradeStatus } from '../support/sockets.ts'

const system = useSystem({ env: { CORS_ORIGINS: 'https://app.example.org, https://other.example.org' } })

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const unknownId = '01900000-0000-7000-8000-000000000000'

describe('a socket that is not admitted has a handshake that succeeds and a close code with the reason', () => {
  test('4001 without a token', async () => {
    const { sessionId } = await makePlan(system)
    const socket = await openSessionSocket(system, sessionId, undefined)
    expect((await socket.closed).code).toBe(4001)
  })

  const badTokens: [string, string, number][] = [
    ['an empty one', '', 4001],
    ['a word', 'nonsense', 4003],
    ['the shape of a token', 'a.b.c', 4003],
    ['8,000 characters', 'x'.repeat(8_000), 4003],
    ['no algorithm', `${base64url({ alg: 'none' })}.${base64url({ iss: 'belay', sub: unknownId })}.`, 4003]
  ]

  test.each(badTokens)('a bad token: %s', async (_name, token, code) => {
    const { sessionId } = await makePlan(system)
    const socket = await openSessionSocket(system, sessionId, token)
    expect((await socket.closed).code).toBe(code)
  })

  test('4003 for a token with another signature', async () => {
    const { inviter, sessionId } = await makePlan(system)
    const forged = `${inviter.token.slice(0, -8)}AAAAAAAA`
    expect((await (await openSessionSocket(system, sessionId, forged)).closed).code).toBe(4003)
  })

  test('4002 when the account is gone', async () => {
    const { inviter, sessionId } = await makePlan(system)
    await inviter.api.delete('/api/users/me/', { password: inviter.password })
    const { code } = await (await openSessionSocket(system, sessionId, inviter.token)).closed
    expect(code).toBe(4002)
  })

  test('4004 for a session of others, an unknown one and no id at all', async () => {
    const { sessionId } = await makePlan(system)
    const stranger = await registerUser(system)
    for (const id of [sessionId, unknownId, 'not-an-id', 'a.*.%3E']) {
      const { code, reason } = await (await openSessionSocket(system, id, stranger.token)).closed
      expect({ id, code, reason }).toEqual({ id, code: 4004, reason: 'Not a participant in this session' })
    }
  })

  test('also when it sends before the close frame', async () => {
    const { sessionId } = await makePlan(system)
    const stranger = await registerUser(system)
    const socket = await openSessionSocket(system, sessionId, stranger.token)
    socket.send({ type: 'message', content: 'let me in' })
    expect((await socket.closed).code).toBe(4004)
    expect(socket.frames).toEqual([])
  })
})

test('frames may be sent from open on: they wait for the authentication and keep their order', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, inviter.token)
  for (const content of ['one', 'two', 'three']) socket.send({ type: 'message', content })
  await socket.next(isMessage(3))
  expect(socket.frames.map((frame) => frame['content'])).toEqual(['one', 'two', 'three'])
})

test('the token may come as a bearer token, and the path with or without its last slash', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const origin = system.url.replace(/^http/, 'ws')
  const headers = { authorization: `Bearer ${inviter.token}` }
  for (const [index, path] of [`/ws/sessions/${sessionId}/`, `/ws/sessions/${sessionId}`].entries()) {
    const socket = await openSocket(`${origin}${path}`, { headers })
    socket.send({ type: 'message', content: path })
    expect(await socket.next(isMessage(index + 1))).toMatchObject({ content: path })
  }
})

test('the id of a session may be written in capitals', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId.toUpperCase(), inviter.token)
  socket.send({ type: 'message', content: 'here' })
  expect(await socket.next(isMessage(1))).toMatchObject({ sender_id: inviter.id })
})

describe('pages of foreign origins are refused before the upgrade', () => {
  const origins: [string | undefined, number][] = [
    [undefined, 101],
    ['https://app.example.org', 101],
    ['https://other.example.org', 101],
    ['http://localhost:5173', 101],
    ['https://evil.example.org', 403],
    ['https://localhost.evil.example', 403],
    ['https://app.example.org.evil.example', 403],
    ['null', 403],
    ['not an origin', 403]
  ]

  test.each(origins)('origin %s: %i', async (origin, status) => {
    const { inviter, sessionId } = await makePlan(system)
    const headers: Record<string, string> = origin === undefined ? {} : { origin }
    for (const { url } of [system, replica(system)]) {
      const socketUrl = `${url.replace(/^http/, 'ws')}/ws/sessions/${sessionId}/?token=${inviter.token}`
      expect(await upgradeStatus(socketUrl, headers)).toBe(status)
    }
  })

  test('the own origin is always allowed', async () => {
    const { inviter, sessionId } = await makePlan(system)
    const socketUrl = `${system.url.replace(/^http/, 'ws')}/ws/sessions/${sessionId}/?token=${inviter.token}`
    expect(await upgradeStatus(socketUrl, { origin: 'https://belay.example', host: 'belay.example' })).toBe(101)
    expect(await upgradeStatus(socketUrl, { origin: 'https://belay.example' })).toBe(403)
  })
})

test('no token and no text reaches a log', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, inviter.token)
  socket.send({ type: 'message', content: 'a very private matter' })
  await socket.next(isMessage(1))
  socket.send({ type: 'message', content: { secret: 'a very private object' } })
  await socket.next((frame) => frame['type'] === 'error')
  await (
    await openSessionSocket(system, sessionId, `${inviter.token}x`)
  ).closed
  const log = system.logs.text()
  expect(log).not.toContain(inviter.token.slice(0, 60))
  expect(log).not.toContain('very private')
})
