import { type Bus, connectBus } from '@belay/bus'
import { liveSubjects, listOnline, onlineGraceMs, OnlineSignal } from '@belay/contracts'
import { createLogger, createValidator } from '@belay/kit'
import { eventually, makePlan, type Plan, useSystem } from '@belay/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openJoined, replica } from './support/sockets.ts'
import { joinThread, openThreadSocket, settle } from './support/thread-socket.ts'

const system = useSystem({ replicas: { 'realtime-gateway': 2 } })
const validate = createValidator(OnlineSignal)

let bus: Bus
let plan: Plan
const signals: OnlineSignal[] = []

beforeAll(async () => {
  const log = createLogger({ service: 'test', level: 'silent' })
  bus = await connectBus({ url: system.nats.url, name: 'online-test', log })
  bus.listenLive(liveSubjects.everyOnline, (payload) => {
    const checked = validate(payload)
    if (checked.ok) signals.push(checked.value)
  })
})
afterAll(() => bus.close())
beforeEach(async () => {
  plan = await makePlan(system)
})

const changesOf = (userId: string) =>
  signals.flatMap((signal) => (signal.kind === 'change' && signal.user_id === userId ? [signal.online] : []))

const until = (userId: string, changes: boolean[]) =>
  eventually(() => expect(changesOf(userId)).toEqual(changes), { withinMs: onlineGraceMs + 5_000 })

test('a person is online from their first socket of any kind until 5 s after the last one closed', async () => {
  const { inviter, sessionId } = plan
  const session = await openJoined(replica(system), sessionId, inviter.token)
  const threads = await openThreadSocket(replica(system), inviter)
  await settle(threads)
  await until(inviter.id, [true])

  session.close()
  await session.closed
  const leavingAtMs = performance.now()
  threads.close()
  await until(inviter.id, [true, false])
  expect(performance.now() - leavingAtMs).toBeGreaterThanOrEqual(onlineGraceMs)
})

test('a reconnect within 5 s announces nothing', async () => {
  const { inviter, invitee, sessionId } = plan
  const first = await openJoined(replica(system), sessionId, inviter.token)
  first.close()
  await first.closed
  const last = await openJoined(replica(system), sessionId, inviter.token)
  // Another person's whole visit, which takes longer than the grace.
  const other = await openJoined(replica(system), sessionId, invitee.token)
  other.close()
  await until(invitee.id, [true, false])
  expect(changesOf(inviter.id)).toEqual([true])
  last.close()
})

test('a socket that is refused makes its person online nowhere', async () => {
  const { inviter, invitee, sessionId } = plan
  const stranger = await openThreadSocket(replica(system), { id: invitee.id, token: inviter.token })
  expect((await stranger.closed).code).toBe(4004)
  const socket = await openJoined(replica(system), sessionId, invitee.token)
  await until(invitee.id, [true])
  expect(changesOf(inviter.id)).toEqual([])
  socket.close()
})

test('each gateway lists who is online there, at the version of its lease', async () => {
  const { inviter, invitee, sessionId } = plan
  const [here, there] = await Promise.all([
    openJoined(replica(system, 0), sessionId, inviter.token),
    openThreadSocket(replica(system, 1), invitee)
  ])
  await joinThread(there, sessionId)
  await until(inviter.id, [true])
  await until(invitee.id, [true])
  const gatewayOf = (userId: string) =>
    signals.find((signal) => signal.kind === 'change' && signal.user_id === userId)?.gateway_id ?? ''
  const lists = await Promise.all([inviter, invitee].map(({ id }) => bus.ask(listOnline(gatewayOf(id)), {})))
  expect(lists[0]?.user_ids).toContain(inviter.id)
  expect(lists[0]?.user_ids).not.toContain(invitee.id)
  expect(lists[1]?.user_ids).toContain(invitee.id)
  bus.publishLive(liveSubjects.presenceCall, {})
  await eventually(() => {
    const leases = signals.filter(({ kind, gateway_id }) => kind === 'lease' && gateway_id === gatewayOf(inviter.id))
    expect(leases.at(-1)?.version).toBeGreaterThanOrEqual(lists[0]?.version ?? Number.NaN)
  })
  here.close()
  there.close()
})
