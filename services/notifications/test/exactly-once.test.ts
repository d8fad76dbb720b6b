import { applyEventIn, SessionAccepted } from '@belay/contracts'
import {
  collectEvents,
  eventually,
  invite,
  makePair,
  makePlan,
  registerUser,
  type TestUser,
  useSystem,
  eventOf
} from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'
import { send } from './support/send.ts'

const system = useSystem({ ownProcesses: ['notifications'], env: { RATE_LIMITS: 'off' } })

const announced = async (owner: TestUser) => {
  const events = await collectEvents(system, 'belay.evt.notifications.notification.created.v1')
  return events.filter(({ data }) => data.user_id === owner.id)
}

/** Every notification has exactly one event, and there is no event without one. */
async function expectAnnouncedOnce(owner: TestUser): Promise<void> {
  const rows = await system.sql<{ id: string }>('select id from notifications.notifications where user_id = $1', [
    owner.id
  ])
  await eventually(
    async () => {
      const events = await announced(owner)
      expect(events.map(({ subject }) => subject).toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    },
    { withinMs: 20_000 }
  )
}

test('an event that is delivered again, many times at once, notifies once', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const bus = await connect(system)
  const now = new Date().toISOString()
  const event = eventOf(SessionAccepted, {
    session_id: sessionId,
    inviter_id: inviter.id,
    invitee_id: invitee.id,
    status: 'accepted',
    proposed_date: '2099-03-16',
    crag: '',
    actor_id: invitee.id,
    version: 2,
    created_at: now,
    updated_at: now
  })
  await Promise.all(Array.from({ length: 10 }, () => bus.ask(applyEventIn('notifications', 'sessions'), event)))
  await bus.publishFact(event)
  await bus.ask(applyEventIn('notifications', 'sessions'), event)

  expect(await listInbox(inviter)).toMatchObject([{ type: 'session_accepted' }])
  await expectAnnouncedOnce(inviter)
})

test(
  'killed repeatedly while events arrive, it misses none and notifies of none twice',
  { timeout: 120_000 },
  async () => {
    const pair = await makePair(system)
    const chatting = await makePlan(system)
    const days = Array.from({ length: 20 }, (_, index) => `2099-03-${String(index + 1).padStart(2, '0')}`)
    let done = false
    const traffic = (async () => {
      for (const [index, day] of days.entries()) {
        await invite(pair, day)
        for (const part of ['a', 'b', 'c']) await send(chatting.inviter, chatting.sessionId, `${index}${part}`)
      }
      done = true
    })()
    while (!done) {
      await system.kill('notifications')
      await system.restart('notifications')
    }
    await traffic

    await eventually(
      async () => {
        const counted = await system.sql<{ count: number }>(
          'select count(*)::int as count from notifications.notifications where user_id = $1',
          [pair.invitee.id]
        )
        expect(counted).toEqual([{ count: days.length }])
      },
      { withinMs: 30_000 }
    )
    const counted = await arrived(chatting.invitee, 'message_received', ({ data }) => data.count === days.length * 3)
    expect(counted.message).toBe('19c')
    await send(chatting.inviter, chatting.sessionId, 'last')
    await arrived(chatting.invitee, 'message_received', ({ data }) => data.count === days.length * 3 + 1)
    expect(await listInbox(chatting.invitee, 'message_received')).toHaveLength(1)
    for (const owner of [pair.invitee, chatting.invitee]) await expectAnnouncedOnce(owner)
  }
)

test('an invitation that was sent while the service was away is announced once it is back', async () => {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  await system.kill('notifications')
  await invite({ inviter, invitee })
  await system.restart('notifications')

  expect(await eventuallyInvited(invitee)).toMatchObject({
    message: `${inviter.display_name} invited you to climb on 2099-03-16 at Thaiwand Wall`,
    actor: { id: inviter.id, display_name: inviter.display_name }
  })
  await expectAnnouncedOnce(invitee)
})

function eventuallyInvited(owner: TestUser) {
  return eventually(
    async () => {
      const [item] = await listInbox(owner, 'session_invited')
      expect(item).toBeDefined()
      return item
    },
    { withinMs: 20_000 }
  )
}

test('marking everything as read never fails while messages arrive', async () => {
  const plan = await makePlan(system)
  const others = await Promise.all(['2099-03-17', '2099-03-18', '2099-03-19'].map((day) => invite(plan, day)))
  const threads = [plan.sessionId, ...others]
  let sending = true
  const marking = (async () => {
    const statuses = new Set<number>()
    while (sending) statuses.add((await plan.invitee.api.post('/api/notifications/mark_all_read/')).status)
    return statuses
  })()
  await Promise.all(
    threads.map(async (thread) => {
      for (let n = 1; n <= 25; n += 1) await send(plan.inviter, thread, `${n}`)
    })
  )
  sending = false
  expect([...(await marking)]).toEqual([200])
  await eventually(async () => {
    const rows = await system.sql<{ sum: number }>(
      `select sum((data->>'count')::int)::int as sum from notifications.notifications
       where user_id = $1 and type = 'message_received'`,
      [plan.invitee.id]
    )
    expect(rows).toEqual([{ sum: 100 }])
  })
})
