import { randomUUID } from 'node:crypto'
import { BuddySessionCancelled, BuddySessionCompleted, BuddySessionScheduled } from '@belay/contracts'
import { registerUser, useSharedSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from './support/bus.ts'
import { arrived, listInbox } from './support/inbox.ts'

const system = useSharedSystem()

async function makeSession() {
  const [ana, ben] = await Promise.all([
    registerUser(system, { display_name: 'Ana' }),
    registerUser(system, { display_name: 'Ben' })
  ])
  const session = {
    session_id: randomUUID(),
    match_id: randomUUID(),
    user_ids: [ana.id, ben.id],
    venue_name: 'Café Central',
    scheduled_time: '2099-06-01T18:30:00.000Z'
  }
  return { ana, ben, session, bus: await connect(system) }
}

test('a scheduled session notifies the one who did not schedule it', async () => {
  const { ana, ben, session, bus } = await makeSession()
  await bus.publishFact(
    eventOf(BuddySessionScheduled, { ...session, status: 'scheduled', version: 1, actor_id: ana.id })
  )
  expect(await arrived(ben, 'buddy_session_scheduled')).toMatchObject({
    title: 'Session scheduled',
    message: 'Ana scheduled a session with you at Café Central',
    action_url: `/buddy-sessions/${session.session_id}`,
    actor: { id: ana.id },
    data: { session_id: session.session_id, match_id: session.match_id }
  })
  expect(await listInbox(ana)).toEqual([])
})

test('a completed session notifies both', async () => {
  const { ana, ben, session, bus } = await makeSession()
  const credits = session.user_ids.map((user_id) => ({ user_id, points: 10 }))
  const completed_at = new Date().toISOString()
  await bus.publishFact(
    eventOf(BuddySessionCompleted, { ...session, status: 'completed', version: 3, completed_at, credits })
  )
  expect(await arrived(ana, 'buddy_session_completed')).toMatchObject({
    message: 'You and Ben completed your session at Café Central'
  })
  expect(await arrived(ben, 'buddy_session_completed')).toMatchObject({ actor: { id: ana.id } })
})

test('a session that a match took with it notifies the one who did not end the match', async () => {
  const { ana, ben, session, bus } = await makeSession()
  const cancelled = { ...session, status: 'cancelled' as const, version: 2, actor_id: ana.id }
  await bus.publishFact(eventOf(BuddySessionCancelled, { ...cancelled, cause: 'unmatched' }))
  expect(await arrived(ben, 'buddy_session_cancelled')).toMatchObject({
    message: 'Your session with Ana at Café Central was cancelled'
  })
  expect(await listInbox(ana)).toEqual([])
})

test('a session that a block cancels notifies neither', async () => {
  const { ana, ben, session, bus } = await makeSession()
  const cancelled = { ...session, status: 'cancelled' as const, version: 2, actor_id: null }
  await bus.publishFact(eventOf(BuddySessionCancelled, { ...cancelled, cause: 'blocked' }))
  await bus.publishFact(
    eventOf(BuddySessionScheduled, {
      ...session,
      session_id: randomUUID(),
      status: 'scheduled',
      version: 1,
      actor_id: ana.id
    })
  )
  await arrived(ben, 'buddy_session_scheduled')
  expect((await listInbox(ben)).map(({ type }) => type)).toEqual(['buddy_session_scheduled'])
  expect(await listInbox(ana)).toEqual([])
})
