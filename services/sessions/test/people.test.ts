import { collectEvents, eventually, logIn, registerUser, type TestUser, useSharedSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { invitation, invite, makePlan, makeTrip, sessionIn, unknownId } from './support/plans.ts'

const system = useSharedSystem()

const read = async (by: TestUser, id: string) => (await by.api.get(`/api/sessions/${id}/`)).body
const erase = async (user: TestUser) => {
  const answer = await user.api.delete('/api/users/me/', { password: user.password })
  expect(answer.status).toBe(202)
}
const cancellationOf = (id: string) =>
  eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.sessions.session.cancelled.v1')
    const published = events.filter((event) => event.subject === id)
    expect(published).toHaveLength(1)
    return published[0]?.data
  })

describe('a block', () => {
  test.each(['inviter', 'invitee'] as const)(
    'by the %s cancels what is open between the two, at once',
    async (side) => {
      const plan = await makePlan(system)
      const pending = await invite(plan, { proposed_date: '2099-03-17' })
      const accepted = await sessionIn(plan, 'accepted', { proposed_date: '2099-03-18' })
      const completed = await sessionIn(plan, 'completed', { proposed_date: '2099-03-19' })
      const blocker = plan[side]
      const blocked = side === 'inviter' ? plan.invitee : plan.inviter

      expect((await blocker.api.post(`/api/v1/users/${blocked.id}/block`)).status).toBe(200)
      expect((await read(blocked, pending)).status).toBe('cancelled')
      expect((await read(blocked, accepted)).status).toBe('cancelled')
      expect((await read(blocked, completed)).status).toBe('completed')
      expect(await cancellationOf(accepted)).toMatchObject({
        actor_id: blocker.id,
        cause: 'block',
        closing_message: null,
        version: 3
      })
    }
  )

  test('makes each look unknown to the other, until it is lifted', async () => {
    const plan = await makePlan(system)
    const backTrip = await makeTrip(plan.invitee.api)
    const back = { ...invitation(plan), invitee_id: plan.inviter.id, trip_id: backTrip }
    await plan.invitee.api.post(`/api/v1/users/${plan.inviter.id}/block`)

    const unknown = await plan.inviter.api.post('/api/sessions/', invitation(plan, { invitee_id: unknownId }))
    const { request_id: _one, ...sameAs } = unknown.body
    for (const answer of [
      await plan.inviter.api.post('/api/sessions/', invitation(plan)),
      await plan.invitee.api.post('/api/sessions/', back)
    ]) {
      const { request_id: _other, ...body } = answer.body
      expect([answer.status, body]).toEqual([404, sameAs])
    }
    await plan.invitee.api.delete(`/api/v1/users/${plan.inviter.id}/block`)
    expect((await plan.inviter.api.post('/api/sessions/', invitation(plan))).status).toBe(201)
  })

  test('and an invitation at the same instant leave nothing open between the two', async () => {
    for (let round = 0; round < 10; round++) {
      const plan = await makePlan(system)
      const [invited] = await Promise.all([
        plan.inviter.api.post('/api/sessions/', invitation(plan)),
        plan.invitee.api.post(`/api/v1/users/${plan.inviter.id}/block`)
      ])
      expect([201, 404]).toContain(invited.status)
      if (invited.status === 201) expect((await read(plan.inviter, invited.body.id)).status).toBe('cancelled')
    }
  })

  test('leaves the sessions with others alone', async () => {
    const plan = await makePlan(system)
    const other = await registerUser(system)
    const id = await invite(plan, { invitee_id: other.id })
    await plan.inviter.api.post(`/api/v1/users/${plan.invitee.id}/block`)
    expect((await read(other, id)).status).toBe('pending')
  })
})

describe('an erased account', () => {
  test('cancels its open sessions and stays in them without a name', async () => {
    const plan = await makePlan(system)
    const open = await sessionIn(plan, 'accepted', { proposed_date: '2099-03-17' })
    const past = await sessionIn(plan, 'completed', { proposed_date: '2099-03-18' })
    await erase(plan.inviter)

    const erased = { id: plan.inviter.id, display_name: 'Deleted user', avatar: null, bio: '' }
    expect(await read(plan.invitee, open)).toMatchObject({
      status: 'cancelled',
      inviter: erased,
      trip: { id: plan.tripId }
    })
    expect(await read(plan.invitee, past)).toMatchObject({ status: 'completed', inviter: erased })
    expect(await cancellationOf(open)).toMatchObject({ actor_id: plan.inviter.id, cause: 'account_deleted' })
  })

  test('loses the feedback that it gave and received', async () => {
    const plan = await makePlan(system)
    const id = await sessionIn(plan, 'completed')
    const ratings = { safety_rating: 1, communication_rating: 1, overall_rating: 1 }
    await plan.inviter.api.post(`/api/sessions/${id}/feedback/`, ratings)
    await erase(plan.inviter)

    expect((await plan.invitee.api.get('/api/feedback/stats/')).body.total_ratings).toBe(0)
    const late = await plan.invitee.api.post(`/api/sessions/${id}/feedback/`, ratings)
    expect([late.status, late.body.code]).toEqual([400, 'SUBJECT_ERASED'])
    const kept = await system.sql('select id from sessions.feedback where session_id = $1', [id])
    expect(kept).toEqual([])
  })

  test('no longer owns trips', async () => {
    const plan = await makePlan(system)
    const idle = await makeTrip(plan.inviter.api)
    await invite(plan)
    await erase(plan.inviter)

    const trips = await system.sql('select id, owner_id from sessions.trips where id in ($1, $2)', [idle, plan.tripId])
    expect(trips).toEqual([{ id: plan.tripId, owner_id: null }])
  })

  test('cannot be invited', async () => {
    const plan = await makePlan(system)
    await erase(plan.invitee)
    const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan))
    expect([answer.status, answer.body.detail]).toEqual([404, 'Invitee not found'])
  })
})

test('a disabled person looks unknown, and may do nothing', async () => {
  const plan = await makePlan(system)
  const admin = await logIn(system, system.admin)
  const disable = (disabled: boolean) => admin.api.patch(`/api/admin/users/${plan.invitee.id}/`, { disabled })
  expect((await disable(true)).status).toBe(200)

  const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan))
  expect([answer.status, answer.body.detail]).toEqual([404, 'Invitee not found'])
  expect((await plan.invitee.api.get('/api/sessions/')).status).toBe(403)
  await disable(false)
  expect((await plan.inviter.api.post('/api/sessions/', invitation(plan))).status).toBe(201)
})

test('a new name shows at once, also in old sessions', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  await plan.inviter.api.patch('/api/users/me/', { display_name: 'Alexandra' })
  expect((await read(plan.invitee, id)).inviter.display_name).toBe('Alexandra')
})
