import { createApi, eventually, logIn, openSocket, registerUser, useSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { confirmedProtocol, replica, upgradeRefusal, upgradeStatus } from '../support/sockets.ts'
import { openThreadSocket, settle } from '../support/thread-socket.ts'

const system = useSystem({ replicas: { 'realtime-gateway': 2 } })
const unknownId = '01900000-0000-7000-8000-000000000000'

describe('the token', () => {
  test('comes in the query, as a bearer token or as a subprotocol, which is confirmed without the token', async () => {
    const { id, token } = await registerUser(system)
    const inQuery = await openThreadSocket(system, { id, token })
    const inHeader = await openThreadSocket(system, { id }, { headers: { authorization: `Bearer ${token}` } })
    const inProtocol = await openThreadSocket(system, { id }, { protocols: ['bearer', token] })
    for (const socket of [inQuery, inHeader, inProtocol]) await settle(socket)
    expect(inProtocol.raw.protocol).toBe('bearer')
    expect(system.logs.text()).not.toContain(token.slice(0, 60))
  })

  test('only the subprotocol that carries it is confirmed', async () => {
    const { id, token } = await registerUser(system)
    const url = `${system.url}/ws/${id}?token=${token}`
    expect(await confirmedProtocol(url, 'chat, superchat')).toBeUndefined()
    expect(await confirmedProtocol(url, `chat, bearer, ${token}`)).toBe('bearer')
  })

  test('the path may end in a slash and have the id in capitals', async () => {
    const { id, token } = await registerUser(system)
    const origin = system.url.replace(/^http/, 'ws')
    await settle(await openSocket(`${origin}/ws/${id.toUpperCase()}/?token=${token}`))
  })
})

describe('a socket that is not admitted has a handshake that succeeds and a close code with the reason', () => {
  test('4001 without a token', async () => {
    const { id } = await registerUser(system)
    expect(await (await openThreadSocket(system, { id })).closed).toEqual({
      code: 4001,
      reason: 'No token: send ?token=, the header Authorization: Bearer, or the subprotocols bearer, <token>'
    })
    expect((await (await openThreadSocket(system, { id }, { protocols: ['bearer'] })).closed).code).toBe(4001)
  })

  test('4003 for a token that is none', async () => {
    const { id } = await registerUser(system)
    expect((await (await openThreadSocket(system, { id, token: 'nonsense' })).closed).code).toBe(4003)
    expect((await (await openThreadSocket(system, { id }, { protocols: ['bearer', 'a.b.c'] })).closed).code).toBe(4003)
  })

  test('4004 for another person’s id, an unknown one and none at all', async () => {
    const [user, other] = await Promise.all([registerUser(system), registerUser(system)])
    for (const id of [other.id, unknownId, 'not-an-id', 'sessions']) {
      const { code, reason } = await (await openThreadSocket(system, { id, token: user.token })).closed
      expect({ id, code, reason }).toEqual({ id, code: 4004, reason: "The token is another user's" })
    }
  })

  test('4002 when the account is gone, 4003 when it is disabled', async () => {
    const [gone, disabled] = await Promise.all([registerUser(system), registerUser(system)])
    await gone.api.delete('/api/users/me/', { password: gone.password })
    // At first it may be the news of the erasing that closes it, with 4003.
    await eventually(async () => expect((await (await openThreadSocket(system, gone)).closed).code).toBe(4002))
    const admin = await logIn(system, system.admin)
    await admin.api.patch(`/api/admin/users/${disabled.id}/`, { disabled: true })
    await eventually(async () => {
      const { code, reason } = await (await openThreadSocket(system, disabled)).closed
      expect({ code, reason }).toEqual({ code: 4003, reason: 'Account disabled' })
    })
  })
})

test('a token that stays bad is refused later each time, and a good one is admitted at once', async () => {
  const { id, token } = await registerUser(system)
  const refusedAfterMs = async () => {
    const startedAt = performance.now()
    const socket = await openThreadSocket(replica(system), { id, token: 'nonsense' })
    expect(await socket.closed).toEqual({ code: 4003, reason: 'Invalid or expired token' })
    return performance.now() - startedAt
  }
  const waits: number[] = []
  for (let attempt = 1; attempt <= 6; attempt += 1) waits.push(await refusedAfterMs())
  expect(waits[4]).toBeGreaterThan(450)
  expect(waits[5]).toBeGreaterThan(950)
  await settle(await openThreadSocket(replica(system), { id, token }))
})

test('what ends a login ends its sockets, joined or not, on every replica', async () => {
  const user = await registerUser(system)
  const signIn = await createApi(system.url).post('/auth/login', { email: user.email, password: user.password })
  const cookie = String(signIn.headers['set-cookie']).split(';')[0] ?? ''
  const kept = await Promise.all([0, 1].map((index) => openThreadSocket(replica(system, index), user)))
  const ended = await openThreadSocket(system, { id: user.id, token: signIn.body.access_token })
  for (const socket of [...kept, ended]) await settle(socket)

  await createApi(system.url).post('/api/auth/logout/', undefined, { cookie })
  expect(await ended.closed).toEqual({ code: 4003, reason: 'Logged out' })

  const admin = await logIn(system, system.admin)
  await admin.api.patch(`/api/admin/users/${user.id}/`, { disabled: true })
  for (const socket of kept) expect(await socket.closed).toEqual({ code: 4003, reason: 'Account disabled' })
})

test('a page of a foreign origin is refused before the upgrade', async () => {
  const { id, token } = await registerUser(system)
  const url = `${system.url.replace(/^http/, 'ws')}/ws/${id}?token=${token}`
  expect(await upgradeStatus(url, { origin: 'https://evil.example.org' })).toBe(403)
  expect(await upgradeRefusal(url, { origin: 'https://evil.example.org' })).toBe('FOREIGN_ORIGIN')
  expect(await upgradeStatus(url, {})).toBe(101)
})
