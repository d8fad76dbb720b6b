import { eventually, openSessionSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect, SpokenGateway } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'
import { makePlan, type Plan, say } from './support/plans.ts'

const system = useSystem({ ownProcesses: true, env: { RATE_LIMITS: 'off' } })

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
