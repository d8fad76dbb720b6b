import { collectEvents, eventually, move, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { day, invitation, invite, makePlan, makeTrip, unknownId } from './support/plans.ts'

// Two processes: what holds here holds across replicas.
const system = useSystem({ replicas: { sessions: 2 } })

test('an invitation returns both people, the trip and no messages', async () => {
  const plan = await makePlan(system)
  const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan))

  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    id: expect.any(String),
    inviter: { id: plan.inviter.id, display_name: plan.inviter.display_name, avatar: null },
    invitee: { id: plan.invitee.id, display_name: plan.invitee.display_name, avatar: null },
    trip: {
      id: plan.tripId,
      destination: { slug: 'railay', name: 'Railay, Krabi' },
      start_date: '2099-03-15',
      end_date: '2099-03-28'
    },
    proposed_date: day,
    time_block: 'morning',
    crag: 'Thaiwand Wall',
    goal: 'Work on 5.11 endurance routes',
    status: 'pending',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updated_at: answer.body.created_at,
    last_message_at: null,
    messages: []
  })
})

test('crag and goal may be left out, and text is trimmed and otherwise kept', async () => {
  const plan = await makePlan(system)
  const bare = await plan.inviter.api.post('/api/sessions/', invitation(plan, { crag: undefined, goal: undefined }))
  const spaced = await plan.inviter.api.post(
    '/api/sessions/',
    invitation(plan, { proposed_date: '2099-03-17', crag: '  Ton Sai 🧗  ', goal: '🧗'.repeat(300) })
  )

  expect(bare.body).toMatchObject({ crag: '', goal: '' })
  expect(spaced.body).toMatchObject({ crag: 'Ton Sai 🧗', goal: '🧗'.repeat(300) })
})

test('the response names the first broken rule', async () => {
  const plan = await makePlan(system)
  const stranger = await registerUser(system)
  const strangersTrip = await makeTrip(stranger.api)
  await invite(plan)
  const self = { invitee_id: plan.inviter.id }
  const outside = { proposed_date: '2099-03-29' }
  const before = { proposed_date: '2099-03-14' }

  const cases: [Record<string, unknown>, number, string | RegExp][] = [
    [{ invitee_id: unknownId, trip_id: unknownId, time_block: 'noon' }, 400, /./],
    [{ invitee_id: unknownId, trip_id: unknownId, ...outside }, 404, 'Invitee not found'],
    [{ ...self, trip_id: unknownId, ...outside }, 400, 'Cannot invite yourself'],
    [{ trip_id: unknownId, ...outside }, 404, 'Trip not found'],
    [{ trip_id: strangersTrip, ...outside }, 404, 'Trip not found'],
    [outside, 400, 'Proposed date must be within trip date range'],
    [before, 400, 'Proposed date must be within trip date range'],
    [{}, 400, 'You already have a pending invitation with this user for this date']
  ]
  for (const [overrides, status, detail] of cases) {
    const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan, overrides))
    expect([overrides, answer.status]).toEqual([overrides, status])
    expect(answer.body.detail).toMatch(detail)
  }
})

test.each([
  ['no invitee', { invitee_id: undefined }],
  ['an invitee that is no UUID', { invitee_id: 'sarah' }],
  ['an invitee as a URN', { invitee_id: `urn:uuid:${unknownId}` }],
  ['a trip that is no UUID', { trip_id: 7 }],
  ['a day that does not exist', { proposed_date: '2099-02-29' }],
  ['an instant for a day', { proposed_date: '2099-03-16T00:00:00Z' }],
  ['an unknown time block', { time_block: 'night' }],
  ['no time block', { time_block: undefined }],
  ['a crag of 201 characters', { crag: 'x'.repeat(201) }],
  ['a goal of 301 characters', { goal: 'x'.repeat(301) }],
  ['a NUL in the goal', { goal: 'a\u0000b' }],
  ['a number for the crag', { crag: 5 }]
])('%s is invalid', async (_what, overrides) => {
  const plan = await makePlan(system)
  const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan, overrides))
  expect(answer.status).toBe(400)
  expect(answer.body.errors).toEqual([{ field: expect.any(String), message: expect.any(String) }])
})

test('one’s own id in capital letters is a self-invitation', async () => {
  const plan = await makePlan(system)
  const answer = await plan.inviter.api.post(
    '/api/sessions/',
    invitation(plan, { invitee_id: plan.inviter.id.toUpperCase() })
  )
  expect([answer.status, answer.body.detail]).toEqual([400, 'Cannot invite yourself'])
})

test('an invitation prevents the next one until it is closed', async () => {
  const plan = await makePlan(system)
  const again = () => plan.inviter.api.post('/api/sessions/', invitation(plan))
  const first = await invite(plan)
  await move(plan.invitee, first, 'accept')

  expect((await again()).body.detail).toBe('You already have an accepted session with this user for this date')
  await move(plan.inviter, first, 'cancel')
  expect((await again()).status).toBe(201)
})

test('another day, and the other direction, are other invitations', async () => {
  const plan = await makePlan(system)
  await invite(plan)
  const backTrip = await makeTrip(plan.invitee.api)

  const otherDay = await plan.inviter.api.post('/api/sessions/', invitation(plan, { proposed_date: '2099-03-17' }))
  const back = await plan.invitee.api.post('/api/sessions/', {
    ...invitation(plan),
    invitee_id: plan.inviter.id,
    trip_id: backTrip
  })
  expect([otherDay.status, back.status]).toEqual([201, 201])
})

test('of twenty identical invitations at once exactly one is created, published and counted', async () => {
  const plan = await makePlan(system)
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => plan.inviter.api.post('/api/sessions/', invitation(plan)))
  )

  const made = answers.filter((answer) => answer.status === 201)
  expect(made).toHaveLength(1)
  const refused = answers.filter((answer) => answer.status !== 201)
  expect(new Set(refused.map((answer) => `${answer.status} ${answer.body.detail}`))).toEqual(
    new Set(['400 You already have a pending invitation with this user for this date'])
  )
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.sessions.session.invited.v1')
    const mine = events.filter((event) => event.data.inviter_id === plan.inviter.id)
    expect(mine.map((event) => event.subject)).toEqual([made[0]?.body.id])
    expect(mine[0]?.data).toMatchObject({ status: 'pending', version: 1, actor_id: plan.inviter.id })
  })
  // Nine are left of the ten of this hour.
  const days = Array.from({ length: 10 }, (_, index) => `2099-03-${17 + index}`)
  const rest = await Promise.all(
    days.map((date) => plan.inviter.api.post('/api/sessions/', invitation(plan, { proposed_date: date })))
  )
  expect(rest.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([...Array(9).fill(201), 429])
})

test('the eleventh invitation of an hour is rejected, with Retry-After', async () => {
  const plan = await makePlan(system)
  for (let index = 0; index < 10; index++) await invite(plan, { proposed_date: `2099-03-${15 + index}` })
  const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan, { proposed_date: '2099-03-28' }))

  expect(answer.status).toBe(429)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(answer.headers).toHaveProperty('ratelimit')
  expect(answer.headers).toHaveProperty('ratelimit-policy')
  const wrong = await plan.inviter.api.post('/api/sessions/', invitation(plan, { trip_id: unknownId }))
  expect(wrong.status).toBe(404)
})

test('repeats with one Idempotency-Key create one invitation', async () => {
  const plan = await makePlan(system)
  const headers = { 'idempotency-key': 'one-invitation' }
  const first = await plan.inviter.api.post('/api/sessions/', invitation(plan), headers)
  const again = await plan.inviter.api.post('/api/sessions/', invitation(plan), headers)

  expect([again.status, again.body]).toEqual([201, first.body])
  expect(again.headers['idempotency-replayed']).toBe('true')
})

test('inviting needs a token', async () => {
  const plan = await makePlan(system)
  const answer = await plan.inviter.api.post('/api/sessions/', {}, { authorization: 'Bearer nonsense' })
  expect(answer.status).toBe(401)
})
