import { collectEvents, eventually, move, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { lastDueDay } from '#src/sessions/complete-due-sessions.ts'
import { makePlan, invite, type Plan } from './support/plans.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off', AUTO_COMPLETE_INTERVAL_MS: '100' }, replicas: { sessions: 2 } })

const hourMs = 3_600_000
const dayFromNow = (days: number) => new Date(Date.now() + days * 24 * hourMs).toISOString().slice(0, 10)
const wideTrip = () => makePlan(system, { from: dayFromNow(-200), to: dayFromNow(200) })
const statusOf = async (plan: Plan, id: string) => (await plan.invitee.api.get(`/api/sessions/${id}/`)).body.status
const completionsOf = async (ids: string[]) => {
  const events = await collectEvents(system, 'belay.evt.sessions.session.completed.v1')
  return events.filter((event) => ids.includes(event.subject))
}

test('a session is due 24 hours after the end of its day, not a moment before', () => {
  expect(lastDueDay(new Date('2026-03-18T00:00:00.000Z'))).toBe('2026-03-16')
  expect(lastDueDay(new Date('2026-03-17T23:59:59.999Z'))).toBe('2026-03-15')
  expect(lastDueDay(new Date('2028-03-02T00:00:00.000Z'))).toBe('2028-02-29')
})

test('an accepted session of a past day completes by itself, once, without an actor', async () => {
  const plan = await wideTrip()
  const due = await invite(plan, { proposed_date: dayFromNow(-3) })
  await move(plan.invitee, due, 'accept')

  await eventually(async () => expect(await statusOf(plan, due)).toBe('completed'))
  await eventually(async () => {
    const published = await completionsOf([due])
    expect(published.map((event) => event.data)).toMatchObject([{ actor_id: null, status: 'completed', version: 3 }])
  })
})

test('sessions that are not accepted, or not due, stay as they are', async () => {
  const plan = await wideTrip()
  const pending = await invite(plan, { proposed_date: dayFromNow(-3) })
  const yesterday = await invite(plan, { proposed_date: dayFromNow(-1) })
  const due = await invite(plan, { proposed_date: dayFromNow(-4) })
  await move(plan.invitee, yesterday, 'accept')
  await move(plan.invitee, due, 'accept')

  await eventually(async () => expect(await statusOf(plan, due)).toBe('completed'))
  expect([await statusOf(plan, pending), await statusOf(plan, yesterday)]).toEqual(['pending', 'accepted'])
})

test('sessions that fell due while every process was down complete after the start, each once across replicas', async () => {
  const plan = await wideTrip()
  const template = await invite(plan, { proposed_date: dayFromNow(100) })
  await move(plan.invitee, template, 'accept')
  for (const index of [0, 1]) await system.kill('sessions', 'SIGKILL', index)
  const rows = await system.sql<{ id: string }>(
    `insert into sessions.sessions
     select gen_random_uuid(), inviter_id, invitee_id, trip_id, current_date - 2 - n, time_block, crag, goal, status, version, created_at, updated_at
     from sessions.sessions, generate_series(1, 250) n where id = $1 returning id`,
    [template]
  )
  await Promise.all([0, 1].map((index) => system.restart('sessions', index)))

  const ids = rows.map((row) => row.id)
  await eventually(
    async () => {
      const published = await completionsOf(ids)
      expect(published).toHaveLength(250)
      expect(new Set(published.map((event) => event.subject)).size).toBe(250)
    },
    { withinMs: 20_000 }
  )
  const left = await system.sql(`select id from sessions.sessions where id = any($1) and status <> 'completed'`, [ids])
  expect(left).toEqual([])
})
