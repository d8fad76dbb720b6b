import {
  collectEvents,
  eventually,
  invite,
  makePair,
  makePlan,
  move,
  openSessionSocket,
  registerUser,
  useSystem
} from '@belay/testing'
import { expect, test } from 'vitest'
import { arrived, listInbox, typesIn } from './support/inbox.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off', AUTO_COMPLETE_INTERVAL_MS: '100' } })

test('the invitation is in the invitee’s inbox as soon as the inviter has the response', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await inviter.api.patch('/api/users/me/', { avatar: 'https://example.org/ana.jpg' })

  expect(await listInbox(invitee)).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'session_invited',
      title: 'New invitation',
      message: `${inviter.display_name} invited you to climb on 2099-03-16 at Thaiwand Wall`,
      action_url: `/sessions/${sessionId}`,
      actor: { id: inviter.id, display_name: inviter.display_name, avatar: 'https://example.org/ana.jpg' },
      data: { session_id: sessionId, status: 'pending' },
      is_read: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      read_at: null
    }
  ])
  expect(await listInbox(inviter)).toEqual([])
})

test('an acceptance notifies the inviter, and the completion asks both for feedback', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'accept')
  expect(await listInbox(inviter)).toMatchObject([
    { type: 'session_accepted', actor: { id: invitee.id }, data: { session_id: sessionId, status: 'accepted' } }
  ])

  await move(inviter, sessionId, 'complete')
  expect(await typesIn(inviter)).toEqual(['session_accepted', 'feedback_requested'])
  expect(await typesIn(invitee)).toEqual(['session_invited', 'feedback_requested'])
  const [prompt] = await listInbox(inviter)
  expect(prompt).toMatchObject({
    message: `Your session on 2099-03-16 at Thaiwand Wall with ${invitee.display_name} is completed. Please give feedback.`,
    actor: { id: invitee.id },
    data: { status: 'completed' }
  })
})

test('an automatic completion asks both for feedback', async () => {
  const pair = await makePair(system)
  const sessionId = await invite(pair, new Date(Date.now() - 4 * 86_400_000).toISOString().slice(0, 10))
  await move(pair.invitee, sessionId, 'accept')

  for (const person of [pair.inviter, pair.invitee]) {
    expect(await arrived(person, 'feedback_requested')).toMatchObject({ data: { session_id: sessionId } })
  }
})

test('declining notifies the inviter', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'decline')
  expect(await listInbox(inviter)).toMatchObject([{ type: 'session_declined', actor: { id: invitee.id } }])
  expect(await typesIn(invitee)).toEqual(['session_invited'])
})

test.each(['inviter', 'invitee'] as const)('a cancellation by the %s notifies the other', async (who) => {
  const plan = await makePlan(system)
  const [actor, other] = who === 'inviter' ? [plan.inviter, plan.invitee] : [plan.invitee, plan.inviter]
  await move(actor, plan.sessionId, 'cancel')
  expect(await listInbox(other, 'session_cancelled')).toMatchObject([{ actor: { id: actor.id }, is_read: false }])
  expect(await listInbox(actor, 'session_cancelled')).toEqual([])
})

test('a session that a block cancels notifies no one', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'accept')
  await inviter.api.post(`/api/v1/users/${invitee.id}/block`)

  await eventually(async () => {
    const applied = await system.sql(
      `select i.event_id from notifications.inbox i join sessions.outbox o on o.id = i.event_id
       where i.durable = 'notifications-session-cancelled' and o.envelope->>'subject' = $1`,
      [sessionId]
    )
    expect(applied).toHaveLength(1)
  })
  expect(await typesIn(invitee)).toEqual(['session_invited'])
  expect(await typesIn(inviter)).toEqual(['session_accepted'])
})

test('every notification has exactly one event', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'accept')
  await move(inviter, sessionId, 'complete')
  const items = [...(await listInbox(inviter)), ...(await listInbox(invitee))]

  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.notifications.notification.created.v1')
    const own = events.filter((event) => [inviter.id, invitee.id].includes(event.data.user_id))
    expect(own).toHaveLength(items.length)
    expect(new Set(own.map((event) => event.subject))).toEqual(new Set(items.map((item) => item.id)))
    const [invited] = await listInbox(invitee, 'session_invited')
    expect(own.find((event) => event.subject === invited.id)?.data).toEqual({
      notification_id: invited.id,
      user_id: invitee.id,
      type: 'session_invited',
      actor_id: inviter.id,
      created_at: invited.created_at
    })
  })
})

test('a notification appears on all open sockets of its owner and on no others', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const pair = { inviter: await registerUser(system), invitee: inviter }
  const [theirs, others] = await Promise.all([
    openSessionSocket(system, sessionId, inviter.token),
    openSessionSocket(system, sessionId, invitee.token)
  ])
  for (const socket of [theirs, others]) {
    socket.send({ type: 'typing', is_typing: true })
    socket.send({ type: 'message', content: 'here', client_msg_id: 'here' })
    await socket.next((frame) => frame.type === 'message' && frame.client_msg_id === 'here')
  }

  await invite(pair)

  const frame = await theirs.next(({ type }) => type === 'notification')
  expect(frame).toEqual({ type: 'notification', notification: (await listInbox(inviter, 'session_invited'))[0] })
  await move(invitee, sessionId, 'accept')
  await theirs.next(({ notification }) => notification?.type === 'session_accepted')
  expect(others.frames.filter(({ type }) => type === 'notification')).toEqual([])
})

test('an old notification shows its actor’s new name, also in its text', async () => {
  const { inviter, invitee } = await makePlan(system)
  await inviter.api.patch('/api/users/me/', { display_name: 'Ana Renamed' })
  const [item] = await listInbox(invitee)
  expect(item.actor.display_name).toBe('Ana Renamed')
  expect(item.message).toBe('Ana Renamed invited you to climb on 2099-03-16 at Thaiwand Wall')
})

test('erasing an account deletes its notifications and those about it', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'accept')
  expect(await typesIn(inviter)).toEqual(['session_accepted'])
  const erased = await invitee.api.delete('/api/users/me/', { password: invitee.password })
  expect(erased.status).toBe(202)

  const found = await arrived(inviter, 'session_cancelled')
  expect(found).toMatchObject({ actor: null, message: expect.stringContaining('Deleted user cancelled') })
  expect(await typesIn(inviter)).toEqual(['session_cancelled'])
  const left = await system.sql('select id from notifications.notifications where $1 in (user_id, actor_id)', [
    invitee.id
  ])
  expect(left).toEqual([])
  const names = await system.sql('select display_name from notifications.users where id = $1', [invitee.id])
  expect(names).toEqual([{ display_name: 'Deleted user' }])
})
