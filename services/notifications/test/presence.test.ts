import { eventually, openSessionSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect, SpokenGateway } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'
import { makePlan, type Plan, say } from './support/plans.ts'

const system = useSystem({
  ownProcesses: ['notifications'],
  env: { RATE_LIMITS: 'off', HEARTBEAT_INTERVAL_MS: '3000', HEARTBEAT_TIMEOUT_MS: '2000' }
})

/** A gateway that is known, with nobody live on it. */
async function openGateway(): Promise<SpokenGateway> {
  const gateway = new SpokenGateway(await connect(system))
  await gateway.open()
  gateway.lease()
  const listing = await asked(gateway, 1)
  listing.answer({ version: 0, live: [] })
  return gateway
}

/** The nth time that somebody asks for the list. */
const asked = (gateway: SpokenGateway, time: number) =>
  eventually(() => {
    const listing = gateway.listings[time - 1]
    if (listing === undefined) throw new Error(`the list was asked for ${gateway.listings.length} times, not ${time}`)
    return listing
  })

/** Says something in the plan's thread and tells whether the invitee was notified. */
async function isToldOf({ inviter, invitee, sessionId }: Plan): Promise<boolean> {
  const after = await makePlan(system)
  await invitee.api.post('/api/notifications/mark_all_read/')
  await say(inviter, sessionId, 'hello')
  await say(after.inviter, after.sessionId, 'messages are taken in order')
  await arrived(after.invitee, 'message_received')
  const items = await listInbox(invitee, 'message_received')
  return items.some((item) => !item.is_read)
}

/** A socket of the invitee that has been let in. */
async function openLive({ sessionId, invitee }: Plan) {
  const socket = await openSessionSocket(system, sessionId, invitee.token)
  socket.send({ type: 'message', content: 'here' })
  await socket.next((frame) => frame.content === 'here')
  return socket
}

test('who is live on any gateway is live', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  const socket = await openLive(plan)
  gateway.change(plan.sessionId, plan.invitee.id, true)
  await eventually(async () => expect(await isToldOf(plan)).toBe(false))
  socket.close()
  await socket.closed
  expect(await isToldOf(plan)).toBe(false)

  gateway.change(plan.sessionId, plan.invitee.id, false)
  await eventually(async () => expect(await isToldOf(plan)).toBe(true))
})

test('a change that was missed is found by the next one, or by the lease', async () => {
  const [one, other] = await Promise.all([makePlan(system), makePlan(system)])
  const gateway = await openGateway()
  gateway.change(one.sessionId, one.invitee.id, true, { heard: false })
  gateway.lease()
  const live = [{ thread_id: one.sessionId, user_id: one.invitee.id }]
  ;(await asked(gateway, 2)).answer({ version: 1, live })
  await eventually(async () => expect(await isToldOf(one)).toBe(false))

  gateway.change(other.sessionId, other.invitee.id, true, { heard: false })
  gateway.change(one.sessionId, one.invitee.id, false)
  ;(await asked(gateway, 3)).answer({ version: 3, live: [{ thread_id: other.sessionId, user_id: other.invitee.id }] })
  await eventually(async () => expect(await isToldOf(other)).toBe(false))
  expect(await isToldOf(one)).toBe(true)
})

test('changes that come while the list is on its way are not lost, nor undone by an older list', async () => {
  const [one, other] = await Promise.all([makePlan(system), makePlan(system)])
  const gateway = await openGateway()
  gateway.change(other.sessionId, other.invitee.id, true, { heard: false })
  gateway.change(other.sessionId, other.invitee.id, true, { heard: false })
  gateway.lease()
  const listing = await asked(gateway, 2)
  gateway.change(one.sessionId, one.invitee.id, true)
  gateway.change(other.sessionId, other.invitee.id, false)
  listing.answer({ version: 2, live: [{ thread_id: other.sessionId, user_id: other.invitee.id }] })

  await eventually(async () => expect(await isToldOf(one)).toBe(false))
  expect(await isToldOf(other)).toBe(true)
  expect(gateway.listings).toHaveLength(2)
})

test('a list that is older than a gap is asked for again', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  gateway.change(plan.sessionId, plan.invitee.id, false, { heard: false })
  gateway.lease()
  const listing = await asked(gateway, 2)
  gateway.change(plan.sessionId, plan.invitee.id, false, { heard: false })
  gateway.change(plan.sessionId, plan.invitee.id, true)
  listing.answer({ version: 1, live: [] })
  ;(await asked(gateway, 3)).answer({
    version: 3,
    live: [{ thread_id: plan.sessionId, user_id: plan.invitee.id }]
  })
  await eventually(async () => expect(await isToldOf(plan)).toBe(false))
})

test('a gateway that says goodbye takes its people with it', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  gateway.change(plan.sessionId, plan.invitee.id, true)
  await eventually(async () => expect(await isToldOf(plan)).toBe(false))
  gateway.gone()
  await eventually(async () => expect(await isToldOf(plan)).toBe(true))
})

/** Says something that the invitee, who is live on the gateway, seems to see arrive. */
async function sayUnseen(plan: Plan, gateway: SpokenGateway) {
  gateway.change(plan.sessionId, plan.invitee.id, true)
  await eventually(async () => expect(await isToldOf(plan)).toBe(false))
  await plan.invitee.api.post('/api/notifications/mark_all_read/')
  expect(await waiting(plan)).toHaveLength(1)
}

/** What is to be looked at again. */
const waiting = ({ sessionId }: Plan) =>
  system.sql('select user_id, count from notifications.unseen_messages where thread_id = $1', [sessionId])

/** Lets the minute pass in which the invitee may still read it. */
const passMinute = ({ sessionId }: Plan) =>
  system.sql(
    `update notifications.unseen_messages set due_at = now(), last_at = last_at - interval '1 minute'
     where thread_id = $1`,
    [sessionId]
  )

test('a message sent to a connection that was dead is told as soon as that is known', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan)
  socket.raw.pause()
  await say(plan.inviter, plan.sessionId, 'into the void')
  expect(await arrived(plan.invitee, 'message_received')).toMatchObject({
    message: 'into the void',
    data: { count: 1 }
  })
  expect(await waiting(plan)).toEqual([])
  socket.terminate()
})

test('a message still unread after a minute is told once to somebody who is not there any more, also over a restart', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  await sayUnseen(plan, gateway)
  gateway.change(plan.sessionId, plan.invitee.id, false)
  await system.kill('notifications')
  await passMinute(plan)
  await system.restart('notifications')
  const told = await arrived(plan.invitee, 'message_received', (item) => !item.is_read)
  expect(told).toMatchObject({ message: 'hello', actor: { id: plan.inviter.id } })
  expect(await waiting(plan)).toEqual([])
  expect(await isToldOf(plan)).toBe(true)
})

test('somebody who is there, or has read it, is not told after the minute', async () => {
  const [there, reader] = await Promise.all([makePlan(system), makePlan(system)])
  const gateway = await openGateway()
  await sayUnseen(there, gateway)
  await sayUnseen(reader, gateway)
  gateway.change(reader.sessionId, reader.invitee.id, false)
  await reader.invitee.api.post(`/api/sessions/${reader.sessionId}/mark-read/`)
  await eventually(async () => expect(await waiting(reader)).toEqual([]))
  await passMinute(there)
  gateway.lease()
  await eventually(async () => expect(await waiting(there)).toEqual([]))
  for (const { invitee } of [there, reader]) {
    expect((await listInbox(invitee, 'message_received')).filter((item) => !item.is_read)).toEqual([])
  }
})

test('after a start nobody is told of what they see arrive', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan)
  await system.kill('notifications')
  await say(plan.inviter, plan.sessionId, 'seen on the socket')
  await socket.next((frame) => frame.content === 'seen on the socket')
  await system.restart('notifications')

  expect(await isToldOf(plan)).toBe(false)
  expect(await listInbox(plan.invitee, 'message_received')).toEqual([])
})

test('after a loss of NATS nobody is told of what they see arrive', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan)
  await system.nats.kill('SIGKILL')
  await say(plan.inviter, plan.sessionId, 'seen on the socket')
  await system.nats.restart()
  await socket.next((frame) => frame.content === 'seen on the socket', { withinMs: 30_000 })

  expect(await isToldOf(plan)).toBe(false)
  expect(await listInbox(plan.invitee, 'message_received')).toEqual([])
})
