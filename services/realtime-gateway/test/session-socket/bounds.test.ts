import { once } from 'node:events'
import { connect } from 'node:net'
import {
  createApi,
  eventually,
  makePlan,
  openSessionSocket,
  openSocket,
  type TestSocket,
  useSystem
} from '@belay/testing'
import { beforeAll, expect, test } from 'vitest'
import {
  isMessage,
  metricOf,
  numbersFrom,
  openJoined,
  replica,
  upgradeRefusal,
  upgradeStatus
} from '../support/sockets.ts'

const system = useSystem({
  ownProcesses: ['realtime-gateway'],
  env: {
    RATE_LIMITS: 'off',
    HEARTBEAT_INTERVAL_MS: '2000',
    HEARTBEAT_TIMEOUT_MS: '1000',
    MAX_CONNECTIONS_PER_USER: '5',
    MAX_CONNECTIONS_PER_ADDRESS: '8',
    DRAIN_MS: '1000'
  }
})

/** A connection that sends nothing: resolves with how long it stayed open, in milliseconds. */
let silence: Promise<number>

beforeAll(() => {
  const startedAt = performance.now()
  const silent = connect(system.process('realtime-gateway').port, '127.0.0.1')
  silent.resume()
  silence = once(silent, 'close').then(() => performance.now() - startedAt)
})

const closeAll = async (sockets: TestSocket[]) => {
  for (const socket of sockets) socket.close()
  await Promise.all(sockets.map((socket) => socket.closed))
  await eventually(async () => expect(await metricOf(replica(system), 'connections')).toBe(0))
}

test('a client that no longer answers pings is dropped; one that does stays', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const silent = await openJoined(replica(system), sessionId, inviter.token)
  const alive = await openJoined(replica(system), sessionId, invitee.token)
  silent.raw.pause()
  await eventually(async () => expect(await metricOf(replica(system), 'connections')).toBe(1), { withinMs: 6_000 })
  expect(await metricOf(replica(system), 'dead_peers_total')).toBe(1)
  alive.send({ type: 'message', content: 'still here' })
  await alive.next(isMessage(1))
  silent.terminate()
  await closeAll([alive])
})

test('one person and one address may have so many sockets', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const own = await Promise.all(numbersFrom(1, 5).map(() => openJoined(replica(system), sessionId, inviter.token)))
  const sixth = await openSessionSocket(replica(system), sessionId, inviter.token)
  expect(await sixth.closed).toEqual({ code: 1008, reason: 'Too many connections' })
  const others = await Promise.all(numbersFrom(1, 3).map(() => openJoined(replica(system), sessionId, invitee.token)))
  const url = `${replica(system).url.replace(/^http/, 'ws')}/ws/sessions/${sessionId}/?token=${invitee.token}`
  expect(await upgradeStatus(url, {})).toBe(429)
  expect(await upgradeRefusal(url, {})).toBe('TOO_MANY_CONNECTIONS')
  const elsewhere = { 'x-forwarded-for': '192.0.2.7' }
  expect(await upgradeStatus(url, elsewhere)).toBe(429)
  const viaGateway = { ...elsewhere, 'x-belay-gateway': system.gatewaySecret }
  const admitted = await openSocket(url, { headers: viaGateway })
  await closeAll([...own, ...others, admitted])
})

test('endless fragments and invalid UTF-8 close their socket, and the process lives', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const fragments = await openJoined(replica(system), sessionId, inviter.token)
  for (const _ of numbersFrom(1, 20_000)) fragments.raw.send('', { fin: false })
  expect([1006, 1008, 1009]).toContain((await fragments.closed).code)
  const broken = await openJoined(replica(system), sessionId, inviter.token)
  broken.raw.send(Buffer.from([0xc3, 0x28]), { binary: false })
  expect((await broken.closed).code).toBe(1007)
  await closeAll([await openJoined(replica(system), sessionId, inviter.token)])
})

// It has waited beside the tests above.
test('a connection that sends nothing is closed within 10 s', { timeout: 20_000 }, async () => {
  expect(await silence).toBeLessThan(10_500)
})

test('stopping: not ready, no new sockets, the open ones close with 1012, and the process ends by itself', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const { url } = replica(system)
  const [polite, silent] = await Promise.all([
    openJoined({ url }, sessionId, inviter.token),
    openJoined({ url }, sessionId, invitee.token)
  ])
  // It does not answer the close frame, so the process waits for it a little.
  silent.raw.pause()

  const stopped = system.kill('realtime-gateway', 'SIGTERM')

  expect(await polite.closed).toMatchObject({ code: 1012 })
  expect((await createApi(url).get('/readyz')).status).toBe(503)
  const socketUrl = `${url.replace(/^http/, 'ws')}/ws/sessions/${sessionId}/?token=${inviter.token}`
  expect(await upgradeStatus(socketUrl, {})).toBe(503)
  await stopped
  await eventually(() =>
    expect(system.logs.linesOf('belay').join('\n')).toContain('realtime-gateway ended with code 0')
  )
  silent.terminate()
  await system.restart('realtime-gateway')
})
