import { createApi, eventually, openSessionSocket, openSocket, type TestSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { makePlan } from '../support/plan.ts'
import { isMessage, numbersFrom, openJoined, replica, seqsOf, upgradeStatus } from '../support/sockets.ts'

const system = useSystem({
  env: {
    RATE_LIMITS: 'off',
    HEARTBEAT_INTERVAL_MS: '2000',
    HEARTBEAT_TIMEOUT_MS: '1000',
    MAX_BUFFERED_BYTES: '262144',
    MAX_CONNECTIONS_PER_USER: '5',
    MAX_CONNECTIONS_PER_ADDRESS: '8',
    DRAIN_MS: '1000'
  }
})

const metric = async (name: string) => {
  const { body } = await createApi(replica(system).url).get('/metrics')
  const line = String(body)
    .split('\n')
    .find((each) => each.startsWith(`belay_realtime_${name}`))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const closeAll = async (sockets: TestSocket[]) => {
  for (const socket of sockets) socket.close()
  await Promise.all(sockets.map((socket) => socket.closed))
  await eventually(async () => expect(await metric('connections')).toBe(0))
}

test('a client that stops reading is closed with 1013, and its neighbour notices nothing', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const slow = await openJoined(replica(system), sessionId, invitee.token)
  const sender = await openJoined(replica(system), sessionId, inviter.token)
  slow.raw.pause()
  const content = '🧗'.repeat(2000)
  let sent = 0
  while ((await metric('closed_total{ending="too_slow"')) === 0) {
    expect(sent).toBeLessThan(5_000)
    for (const _ of numbersFrom(1, 50)) sender.send({ type: 'message', content })
    sent += 50
    await sender.next(isMessage(sent))
  }
  expect(seqsOf(sender)).toEqual(numbersFrom(1, sent))
  slow.raw.resume()
  expect([1006, 1013]).toContain((await slow.closed).code)

  const back = await openSessionSocket(replica(system), sessionId, invitee.token, {
    afterSeq: seqsOf(slow).at(-1) ?? 0
  })
  await back.next(isMessage(sent), { withinMs: 10_000 })
  expect([...seqsOf(slow), ...seqsOf(back)]).toEqual(numbersFrom(1, sent))
  await closeAll([sender, back])
}, 60_000)

test('a client that no longer answers pings is dropped; one that does stays', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const silent = await openJoined(replica(system), sessionId, inviter.token)
  const alive = await openJoined(replica(system), sessionId, invitee.token)
  silent.raw.pause()
  await eventually(async () => expect(await metric('connections ')).toBe(1), { withinMs: 6_000 })
  expect(await metric('dead_peers_total')).toBe(1)
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
  const elsewhere = await openSocket(url, { headers: { 'x-forwarded-for': '127.0.0.1, 192.0.2.7' } })
  await closeAll([...own, ...others, elsewhere])
})

test('100,000 fragments, invalid UTF-8 and a reserved bit close their socket, and the process lives', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const fragments = await openJoined(replica(system), sessionId, inviter.token)
  for (const _ of numbersFrom(1, 20_000)) fragments.raw.send('', { fin: false })
  expect([1006, 1008, 1009]).toContain((await fragments.closed).code)
  const broken = await openJoined(replica(system), sessionId, inviter.token)
  broken.raw.send(Buffer.from([0xc3, 0x28]), { binary: false })
  expect((await broken.closed).code).toBe(1007)
  await closeAll([await openJoined(replica(system), sessionId, inviter.token)])
})

test('stopping: not ready, no new sockets, the open ones close with 1012, and the process ends by itself', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const sockets = await Promise.all([
    openJoined(replica(system), sessionId, inviter.token),
    openJoined(replica(system), sessionId, invitee.token)
  ])
  const { url } = replica(system)
  // Kept alive, so that it is still answered while the process stops accepting.
  const ready = createApi(url)
  expect((await ready.get('/readyz')).status).toBe(200)

  const stopped = system.kill('realtime-gateway', 'SIGTERM')

  for (const socket of sockets) expect((await socket.closed).code).toBe(1012)
  await stopped
  const log = system.logs.linesOf('realtime-gateway').join('\n')
  expect(log).not.toContain('"level":"fatal"')
  await system.restart('realtime-gateway')
})
