import {
  eventually,
  makePlan,
  openSessionSocket,
  openSocket,
  type Plan,
  type TestSocket,
  useSystem
} from '@belay/testing'
import { expect, test } from 'vitest'
import { isMessage, messagesOf, numbersFrom, openJoined, replica, seqsOf } from '../support/sockets.ts'

const system = useSystem({
  replicas: { 'realtime-gateway': 2, chat: 2 },
  env: { RATE_LIMITS: 'off', SUBSCRIPTION_CHECK_MS: '1000' }
})

/** Sends so many messages over a socket, at most 100 at once, and waits for the last echo. */
async function sendMany(socket: TestSocket, from: number, to: number): Promise<void> {
  for (let first = from; first <= to; first += 100) {
    const last = Math.min(to, first + 99)
    for (const n of numbersFrom(first, last)) socket.send({ type: 'message', content: `message ${n}` })
    await socket.next(isMessage(last))
  }
}

const post = ({ inviter, path }: Plan, body: string) => inviter.api.post(`${path}messages/`, { body })

test('twenty senders, HTTP and sockets mixed, over two replicas: every socket sees each message once, in order', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const people = [inviter, invitee]
  const personOf = (index: number) => people[index % 2] ?? inviter
  const open = (_: unknown, index: number) =>
    openSessionSocket(replica(system, index % 2), sessionId, personOf(index).token, { afterSeq: 0 })
  const sockets = await Promise.all(Array.from({ length: 10 }, open))
  const overSockets = sockets.map(async (socket, index) => {
    for (const n of numbersFrom(1, 25)) {
      const client_msg_id = `socket-${index}-${n}`
      socket.send({ type: 'message', content: client_msg_id, client_msg_id })
      if (n % 5 === 0) await socket.next((frame) => frame['client_msg_id'] === client_msg_id)
    }
  })
  const overHttp = Array.from({ length: 10 }, async (_, index) => {
    for (const n of numbersFrom(1, 25)) {
      await personOf(index).api.post(`${path}messages/`, { body: `http-${index}-${n}` })
    }
  })

  await Promise.all([...overSockets, ...overHttp])

  for (const socket of sockets) {
    await socket.next(isMessage(500), { withinMs: 15_000 })
    expect(seqsOf(socket)).toEqual(numbersFrom(1, 500))
  }
  const contents = messagesOf(sockets[0] ?? (await openJoined(system, sessionId, inviter.token))).map(
    (frame) => frame['content']
  )
  for (const index of numbersFrom(0, 9)) {
    const own = contents.filter((content) => content.startsWith(`socket-${index}-`))
    expect(own).toEqual(numbersFrom(1, 25).map((n) => `socket-${index}-${n}`))
  }
}, 60_000)

test('after_seq replays what follows, in order, then goes live without a gap or a duplicate', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const sender = await openJoined(system, sessionId, inviter.token)
  await sendMany(sender, 1, 300)

  const during = sendMany(sender, 301, 600)
  const readers = await Promise.all(
    [0, 1, 120, 299].map(async (afterSeq, index) => ({
      afterSeq,
      socket: await openSessionSocket(replica(system, index % 2), sessionId, invitee.token, { afterSeq })
    }))
  )
  await during

  for (const { afterSeq, socket } of readers) {
    await socket.next(isMessage(600), { withinMs: 10_000 })
    expect(seqsOf(socket)).toEqual(numbersFrom(afterSeq + 1, 600))
  }
})

test('without after_seq a socket starts at the end, and so it does beyond the end', async () => {
  const plan = await makePlan(system)
  await post(plan, 'before')
  const fromEnd = await openJoined(system, plan.sessionId, plan.invitee.token)
  const beyond = await openJoined(system, plan.sessionId, plan.invitee.token, { afterSeq: 1_000 })
  await post(plan, 'after')
  for (const socket of [fromEnd, beyond]) {
    await socket.next(isMessage(2))
    expect(seqsOf(socket)).toEqual([2])
  }
})

test.each(['-1', 'x', '1.5', ''])(
  'after_seq=%s is answered by an error, and the socket listens from now on',
  async (text) => {
    const plan = await makePlan(system)
    await post(plan, 'before')
    const origin = system.url.replace(/^http/, 'ws')
    const socket = await openSocket(
      `${origin}/ws/sessions/${plan.sessionId}/?token=${plan.inviter.token}&after_seq=${text}`
    )
    await socket.next((frame) => frame['code'] === 'VALIDATION_ERROR')
    await post(plan, 'after')
    await socket.next(isMessage(2))
    expect(seqsOf(socket)).toEqual([2])
  }
)

test('sockets survive NATS: what was sent meanwhile over HTTP arrives in order when it is back', async () => {
  const plan = await makePlan(system)
  const [first, second] = await Promise.all([
    openJoined(replica(system, 0), plan.sessionId, plan.invitee.token),
    openJoined(replica(system, 1), plan.sessionId, plan.inviter.token)
  ])
  await post(plan, 'before')
  await first.next(isMessage(1))

  await system.nats.kill('SIGKILL')
  const startedAt = performance.now()
  first.send({ type: 'message', content: 'not now', client_msg_id: 'outage' })
  const refused = await first.next((frame) => frame['code'] === 'SERVICE_UNAVAILABLE')
  expect(refused).toMatchObject({ client_msg_id: 'outage' })
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  const newcomer = await openSessionSocket(replica(system), plan.sessionId, plan.inviter.token)
  expect(await newcomer.closed).toEqual({ code: 1013, reason: 'Try again later' })
  for (const n of numbersFrom(2, 6)) expect((await post(plan, `message ${n}`)).status).toBe(201)
  await system.nats.restart()

  for (const socket of [first, second]) {
    await socket.next(isMessage(6), { withinMs: 5_000 })
    expect(seqsOf(socket)).toEqual(numbersFrom(1, 6))
  }
  first.send({ type: 'message', content: 'now', client_msg_id: 'outage' })
  await eventually(() => expect(seqsOf(second)).toEqual(numbersFrom(1, 7)))
})

test('a killed replica: its clients come back to the other one and miss nothing', async () => {
  const plan = await makePlan(system)
  const lost = await openJoined(replica(system, 0), plan.sessionId, plan.invitee.token)
  const sender = await openJoined(replica(system, 1), plan.sessionId, plan.inviter.token)
  await sendMany(sender, 1, 50)
  await lost.next(isMessage(50))

  await system.kill('realtime-gateway', 'SIGKILL', 0)
  await lost.closed
  await sendMany(sender, 51, 80)
  const back = await openSessionSocket(system, plan.sessionId, plan.invitee.token, { afterSeq: 50 })
  await sendMany(sender, 81, 100)

  await back.next(isMessage(100))
  expect(seqsOf(back)).toEqual(numbersFrom(51, 100))
  await system.restart('realtime-gateway', 0)
})

test('a killed chat: sends are refused within 2 s, and go through with the same id when it is back', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openJoined(system, sessionId, inviter.token)
  await Promise.all([system.kill('chat', 'SIGKILL', 0), system.kill('chat', 'SIGKILL', 1)])

  const startedAt = performance.now()
  socket.send({ type: 'message', content: 'hello', client_msg_id: 'a' })
  await socket.next((frame) => frame['code'] === 'SERVICE_UNAVAILABLE')
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  const newcomer = await openSessionSocket(system, sessionId, inviter.token)
  expect((await newcomer.closed).code).toBe(1013)

  await Promise.all([system.restart('chat', 0), system.restart('chat', 1)])
  socket.send({ type: 'message', content: 'hello', client_msg_id: 'a' })
  await socket.next(isMessage(1))
}, 60_000)
