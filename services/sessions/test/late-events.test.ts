import { UserBlocked, UserRegistered, UserUnblocked, UserUpdated } from '@belay/contracts'
import { collectEvents, eventually, type TestUser, useSharedSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { deliver } from './support/bus.ts'
import { invitation, invite, makePlan } from './support/plans.ts'

const system = useSharedSystem()

const account = (user: TestUser, version: number, display_name: string) => ({
  id: user.id,
  display_name,
  avatar: null,
  bio: '',
  tier: 'free' as const,
  role: 'user' as const,
  disabled: false,
  version
})
const read = async (by: TestUser, id: string) => (await by.api.get(`/api/sessions/${id}/`)).body

test('an older version of an account changes nothing', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  await plan.inviter.api.patch('/api/users/me/', { display_name: 'Second' })

  await deliver(system, eventOf(UserUpdated, account(plan.inviter, 1, 'First')))
  expect((await read(plan.invitee, id)).inviter.display_name).toBe('Second')
  await deliver(system, eventOf(UserUpdated, account(plan.inviter, 9, 'Ninth')))
  expect((await read(plan.invitee, id)).inviter.display_name).toBe('Ninth')
})

test('unknown fields of a newer producer are ignored', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  const richer = { ...account(plan.inviter, 7, 'Seventh'), pronouns: 'they' }
  await deliver(system, eventOf(UserUpdated, richer))
  expect((await read(plan.invitee, id)).inviter.display_name).toBe('Seventh')
})

test('an erased person does not come back', async () => {
  const plan = await makePlan(system)
  await plan.invitee.api.delete('/api/users/me/', { password: plan.invitee.password })

  await deliver(system, eventOf(UserRegistered, account(plan.invitee, 1, 'Back again')))
  expect((await plan.inviter.api.post('/api/sessions/', invitation(plan))).status).toBe(404)
})

test('a block that is published once more changes nothing', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  await plan.invitee.api.post(`/api/v1/users/${plan.inviter.id}/block`)
  const before = await read(plan.inviter, id)

  const pair = { blocker_id: plan.invitee.id, blocked_id: plan.inviter.id }
  await deliver(system, eventOf(UserBlocked, { ...pair, version: 2 }))
  expect(await read(plan.inviter, id)).toEqual(before)
  const cancelled = await collectEvents(system, 'belay.evt.sessions.session.cancelled.v1')
  expect(cancelled.filter(({ subject }) => subject === id)).toHaveLength(1)
})

test('a block that arrives after it was lifted cancels older sessions and no later ones', async () => {
  const plan = await makePlan(system)
  const found = await invite(plan, { proposed_date: '2099-03-17' })
  const blockedAt = new Date((await read(plan.inviter, found)).created_at)
  const pair = { blocker_id: plan.invitee.id, blocked_id: plan.inviter.id }
  await deliver(system, eventOf(UserUnblocked, { ...pair, version: 2 }))
  const later = await eventually(() => invite(plan, { proposed_date: '2099-03-18' }))

  await deliver(system, eventOf(UserBlocked, { ...pair, version: 1 }, blockedAt))
  expect((await read(plan.inviter, found)).status).toBe('cancelled')
  expect((await read(plan.inviter, later)).status).toBe('pending')
  await invite(plan, { proposed_date: '2099-03-19' })
})

test('an event that is delivered again has no second effect', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  const block = eventOf(UserBlocked, { blocker_id: plan.inviter.id, blocked_id: plan.invitee.id, version: 1 })
  await Promise.all(Array.from({ length: 5 }, () => deliver(system, block)))

  expect((await read(plan.invitee, id)).status).toBe('cancelled')
  const events = await eventually(async () => {
    const published = await collectEvents(system, 'belay.evt.sessions.session.cancelled.v1')
    expect(published.some((event) => event.subject === id)).toBe(true)
    return published.filter((event) => event.subject === id)
  })
  expect(events.map((event) => event.data.version)).toEqual([2])
})
