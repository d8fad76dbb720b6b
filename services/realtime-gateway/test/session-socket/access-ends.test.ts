import { createApi, logIn, makePlan, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { openJoined, replica } from '../support/sockets.ts'

const system = useSystem({ env: { ACCESS_TOKEN_TTL_SECONDS: '8' }, replicas: { 'realtime-gateway': 2 } })

test('a socket closes with 4003 when its token expires', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openJoined(system, sessionId, inviter.token)
  const { code, reason } = await socket.closed
  expect({ code, reason }).toEqual({ code: 4003, reason: 'Token expired' })
  const claims: { exp: number } = JSON.parse(Buffer.from(inviter.token.split('.')[1] ?? '', 'base64url').toString())
  expect(Math.abs(Date.now() / 1000 - claims.exp)).toBeLessThan(2)
})

test('a disabled account’s sockets close on every replica, and no new one is admitted', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const sockets = await Promise.all([0, 1].map((index) => openJoined(replica(system, index), sessionId, inviter.token)))
  const admin = await logIn(system, system.admin)
  await admin.api.patch(`/api/admin/users/${inviter.id}/`, { disabled: true })
  for (const socket of sockets) expect(await socket.closed).toEqual({ code: 4003, reason: 'Account disabled' })
  const newcomer = await openJoined(system, sessionId, inviter.token).catch((error: unknown) => String(error))
  expect(newcomer).toContain('4003')
})

test('logging out closes the sockets of that sign-in, and of no other', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const signIn = await createApi(system.url).post('/auth/login', { email: inviter.email, password: inviter.password })
  const cookie = String(signIn.headers['set-cookie']).split(';')[0] ?? ''
  const [kept, ended] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, signIn.body.access_token)
  ])

  await createApi(system.url).post('/api/auth/logout/', undefined, { cookie })

  expect(await ended.closed).toEqual({ code: 4003, reason: 'Logged out' })
  kept.send({ type: 'message', content: 'still here' })
  await kept.next((frame) => frame['type'] === 'message')
})

test('an erased account’s sockets close, and the other person’s stay', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const [erased, other] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])
  await inviter.api.delete('/api/users/me/', { password: inviter.password })
  expect([4003, 4004]).toContain((await erased.closed).code)
  await other.next((frame) => frame['type'] === 'session' && frame['status'] === 'cancelled')
})
