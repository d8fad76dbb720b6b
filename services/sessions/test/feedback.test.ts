import { collectEvents, eventually, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { makePlan, type Plan, sessionIn, unknownId } from './support/plans.ts'

const system = useSharedSystem()

const ratings = { safety_rating: 5, communication_rating: 4, overall_rating: 4 }
const path = (id: string) => `/api/sessions/${id}/feedback/`
const completedOn = (plan: Plan, date: number) => sessionIn(plan, 'completed', { proposed_date: `2099-03-${date}` })

test('feedback counts for the other person alone, and its event does not contain the notes', async () => {
  const plan = await makePlan(system)
  const id = await completedOn(plan, 16)
  const answer = await plan.inviter.api.post(path(id), { ...ratings, notes: 'Solid belayer' })

  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({ message: expect.any(String), feedback_id: expect.any(String) })
  const stats = await plan.invitee.api.get('/api/feedback/stats/')
  expect(stats.body).toEqual({
    total_ratings: 1,
    average_safety: 5,
    average_communication: 4,
    average_overall: 4,
    distribution: { '1_stars': 0, '2_stars': 0, '3_stars': 0, '4_stars': 1, '5_stars': 0 }
  })
  expect((await plan.inviter.api.get('/api/feedback/stats/')).body.total_ratings).toBe(0)
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.sessions.feedback.given.v1')
    expect(events.filter((event) => event.data.session_id === id).map((event) => event.data)).toEqual([
      {
        feedback_id: answer.body.feedback_id,
        session_id: id,
        author_id: plan.inviter.id,
        subject_id: plan.invitee.id,
        ...ratings
      }
    ])
  })
})

test('without ratings every average is 0', async () => {
  const { api } = await registerUser(system)
  expect((await api.get('/api/feedback/stats')).body).toMatchObject({
    total_ratings: 0,
    average_safety: 0,
    average_communication: 0,
    average_overall: 0
  })
})

test('averages include all ratings, rounded to two places', async () => {
  const plan = await makePlan(system)
  for (const [date, overall_rating] of [
    [16, 5],
    [17, 4],
    [18, 4]
  ] as const) {
    await plan.inviter.api.post(path(await completedOn(plan, date)), { ...ratings, overall_rating })
  }
  const { body } = await plan.invitee.api.get('/api/feedback/stats/')
  expect(body).toMatchObject({ total_ratings: 3, average_overall: 4.33, distribution: { '4_stars': 2, '5_stars': 1 } })
})

test('each of the two rates once, also when asked ten times at once', async () => {
  const plan = await makePlan(system)
  const id = await completedOn(plan, 16)
  const answers = await Promise.all(Array.from({ length: 10 }, () => plan.inviter.api.post(path(id), ratings)))

  expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([201, ...Array(9).fill(409)])
  expect(answers.flatMap(({ body }) => body.code ?? [])).toEqual(Array(9).fill('FEEDBACK_ALREADY_GIVEN'))
  expect((await plan.invitee.api.post(path(id), ratings)).status).toBe(201)
})

test.each(['pending', 'accepted', 'declined', 'cancelled'])(
  'a session that is %s takes no feedback',
  async (status) => {
    const plan = await makePlan(system)
    const answer = await plan.inviter.api.post(path(await sessionIn(plan, status)), ratings)
    expect([answer.status, answer.body.code]).toEqual([400, 'FEEDBACK_TOO_EARLY'])
    expect(answer.body.detail).toContain(status)
  }
)

test("a stranger's session and an unknown id are not found", async () => {
  const plan = await makePlan(system)
  const id = await completedOn(plan, 16)
  const stranger = await registerUser(system)
  for (const other of [id, unknownId, 'nonsense']) {
    const answer = await stranger.api.post(path(other), ratings)
    expect([answer.status, answer.body.detail]).toEqual([404, 'Session not found'])
  }
})

test.each([
  ['a rating of 0', { ...ratings, safety_rating: 0 }],
  ['a rating of 6', { ...ratings, overall_rating: 6 }],
  ['half a star', { ...ratings, communication_rating: 4.5 }],
  ['a rating as text', { ...ratings, safety_rating: '5' }],
  ['a missing rating', { safety_rating: 5, communication_rating: 5 }],
  ['notes of 1,001 characters', { ...ratings, notes: 'x'.repeat(1001) }]
])('%s is invalid', async (_what, body) => {
  const plan = await makePlan(system)
  const answer = await plan.inviter.api.post(path(await completedOn(plan, 16)), body)
  expect(answer.status).toBe(400)
})
