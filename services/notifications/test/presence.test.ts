import { eventually, makePlan, openSessionSocket, type Plan, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect, ScriptedGateway } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'
import { send } from './support/send.ts'

const system = useSystem({
  ownProcesses: ['notifications'],
  env: { RATE_LIMITS: 'off', HEARTBEAT_INTERVAL_MS: '3000', HEARTBEAT_TIMEOUT_MS: '2000' }
})

/** A known gateway with no one live on it. */
async function openGateway(): Promise<ScriptedGateway> {
  const gateway = new ScriptedGateway(await connect(system))
  await gateway.open()
  gateway.lease()
  const listing = await asked(gateway, 1)
  listing.answer({ version: 0, live: [] })
  return gateway
}

/** The nth request for the list. */
const asked = (gateway: ScriptedGateway, time: number) =>
  eventually(() => {
    const listing = gateway.listings[time - 1]
    if (listing === undefined) throw new Error(`the list was asked for ${gateway.listings.length} times, not ${time}`)
    return listing
  })

/** Sends a message to the plan's thread and returns whether the invitee was notified. */
async function isNotified({ inviter, invitee, sessionId }: Plan): Promise<boolean> {
  const after = await makePlan(system)
  await invitee.api.post('/api/notifications/mark_all_read/')
  await send(inviter, sessionId, 'hello')
  await send(after.inviter, after.sessionId, 'messages are taken in order')
  await arrived(after.invitee, 'message_received')
  const items = await listInbox(invitee, 'message_received')
  return items.some((item) => !item.is_read)
}

/** A socket of the invitee that was admitted. */
async function openLive({ sessionId, invitee }: Plan) {
  const socket = await openSessionSocket(system, sessionId, invitee.token)
  socket.send({ type: 'message', content: 'here' })
  await socket.next((frame) => frame.content === 'here')
  return socket
}

test('a person live on any gateway is live', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  const socket = await openLive(plan)
  gateway.change(plan.sessionId, plan.invitee.id, true)
  await eventually(async () => expect(await isNotified(plan)).toBe(false))
  socket.close()
  await socket.closed
  expect(await isNotified(plan)).toBe(false)

  gateway.change(plan.sessionId, plan.invitee.id, false)
  await eventually(async () => expect(await isNotified(plan)).toBe(true))
})

test('a change that was missed is found by the next one, or by the lease', async () => {
  const [one, other] = await Promise.all([makePlan(system), makePlan(system)])
  const gateway = await openGateway()
  gateway.change(one.sessionId, one.invitee.id, true, { delivered: false })
  gateway.lease()
  const live = [{ thread_id: one.sessionId, user_id: one.invitee.id }]
  ;(await asked(gateway, 2)).answer({ version: 1, live })
  await eventually(async () => expect(await isNotified(one)).toBe(false))

  gateway.change(other.sessionId, other.invitee.id, true, { delivered: false })
  gateway.change(one.sessionId, one.invitee.id, false)
  ;(await asked(gateway, 3)).answer({ version: 3, live: [{ thread_id: other.sessionId, user_id: other.invitee.id }] })
  await eventually(async () => expect(await isNotified(other)).toBe(false))
  expect(await isNotified(one)).toBe(true)
})

test('changes that come while the list is on its way are not lost, nor undone by an older list', async () => {
  const [one, other] = await Promise.all([makePlan(system), makePlan(system)])
  const gateway = await openGateway()
  gateway.change(other.sessionId, other.invitee.id, true, { delivered: false })
  gateway.change(other.sessionId, other.invitee.id, true, { delivered: false })
  gateway.lease()
  const listing = await asked(gateway, 2)
  gateway.change(one.sessionId, one.invitee.id, true)
  gateway.change(other.sessionId, other.invitee.id, false)
  listing.answer({ version: 2, live: [{ thread_id: other.sessionId, user_id: other.invitee.id }] })

  await eventually(async () => expect(await isNotified(one)).toBe(false))
  expect(await isNotified(other)).toBe(true)
  expect(gateway.listings).toHaveLength(2)
})

test('a list that is older than a gap is requested again', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  gateway.change(plan.sessionId, plan.invitee.id, false, { delivered: false })
  gateway.lease()
  const listing = await asked(gateway, 2)
  gateway.change(plan.sessionId, plan.invitee.id, false, { delivered: false })
  gateway.change(plan.sessionId, plan.invitee.id, true)
  listing.answer({ version: 1, live: [] })
  ;(await asked(gateway, 3)).answer({
    version: 3,
    live: [{ thread_id: plan.sessionId, user_id: plan.invitee.id }]
  })
  await eventually(async () => expect(await isNotified(plan)).toBe(false))
})

test('the people of a gateway that shuts down are no longer live', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  gateway.change(plan.sessionId, plan.invitee.id, true)
  await eventually(async () => expect(await isNotified(plan)).toBe(false))
  gateway.gone()
  await eventually(async () => expect(await isNotified(plan)).toBe(true))
})

/** Sends a message while the invitee is live on the gateway. */
async function sendUnseen(plan: Plan, gateway: ScriptedGateway) {
  gateway.change(plan.sessionId, plan.invitee.id, true)
  await eventually(async () => expect(await isNotified(plan)).toBe(false))
  await plan.invitee.api.post('/api/notifications/mark_all_read/')
  expect(await waiting(plan)).toHaveLength(1)
}

/** The messages to decide about again. */
const waiting = ({ sessionId }: Plan) =>
  system.sql('select user_id, count from notifications.unseen_messages where thread_id = $1', [sessionId])

/** Lets the minute pass in which the invitee may still read it. */
const passMinute = ({ sessionId }: Plan) =>
  system.sql(
    `update notifications.unseen_messages set due_at = now(), last_at = last_at - interval '1 minute'
     where thread_id = $1`,
    [sessionId]
  )

test('a message sent to a dead connection notifies as soon as the connection is known to be dead', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan)
  socket.raw.pause()
  await send(plan.inviter, plan.sessionId, 'into the void')
  expect(await arrived(plan.invitee, 'message_received')).toMatchObject({
    message: 'into the void',
    data: { count: 1 }
  })
  expect(await waiting(plan)).toEqual([])
  socket.terminate()
})

test('a message still unread after a minute notifies a person who has left once, also across a restart', async () => {
  const plan = await makePlan(system)
  const gateway = await openGateway()
  await sendUnseen(plan, gateway)
  gateway.change(plan.sessionId, plan.invitee.id, false)
  await system.kill('notifications')
  await passMinute(plan)
  await system.restart('notifications')
  const found = await arrived(plan.invitee, 'message_received', (item) => !item.is_read)
  expect(found).toMatchObject({ message: 'hello', actor: { id: plan.inviter.id } })
  expect(await waiting(plan)).toEqual([])
  expect(await isNotified(plan)).toBe(true)
})

test('a person who is still live, or has read it, is not notified after the minute', async () => {
  const [there, reader] = await Promise.all([makePlan(system), makePlan(system)])
  const gateway = await openGateway()
  await sendUnseen(there, gateway)
  await sendUnseen(reader, gateway)
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

test('after a start no one is notified of what they see arrive', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan)
  await system.kill('notifications')
  await send(plan.inviter, plan.sessionId, 'seen on the socket')
  await socket.next((frame) => frame.content === 'seen on the socket')
  await system.restart('notifications')

  expect(await isNotified(plan)).toBe(false)
  expect(await listInbox(plan.invitee, 'message_received')).toEqual([])
})

test('after a loss of NATS no one is notified of what they see arrive', async () => {
  const plan = await makePlan(system)
  const socket = await openLive(plan)
  await system.nats.kill('SIGKILL')
  await send(plan.inviter, plan.sessionId, 'seen on the socket')
  await system.nats.restart()
  await socket.next((frame) => frame.content === 'seen on the socket', { withinMs: 30_000 })

  expect(await isNotified(plan)).toBe(false)
  expect(await listInbox(plan.invitee, 'message_received')).toEqual([])
})
