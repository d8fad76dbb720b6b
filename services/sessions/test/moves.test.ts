import { collectEvents, eventually, move, registerUser, type TestUser, useSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { invite, makePlan, type Plan, sessionIn, unknownId } from './support/plans.ts'

// Two processes: what holds here holds across replicas.
const system = useSystem({ env: { RATE_LIMITS: 'off' }, replicas: { sessions: 2 } })

const says: Record<string, [status: string, message: string]> = {
  accept: ['accepted', 'Invitation accepted'],
  decline: ['declined', 'Invitation declined'],
  cancel: ['cancelled', 'Session cancelled'],
  complete: ['completed', 'Session marked as completed. Please provide feedback.']
}
const taken: Record<string, string[]> = { pending: ['accept', 'decline', 'cancel'], accepted: ['cancel', 'complete'] }
const statuses = ['pending', 'accepted', 'declined', 'cancelled', 'completed']

const post = (by: TestUser, id: string, name: string, body?: unknown) =>
  by.api.post(`/api/sessions/${id}/${name}/`, body)

async function statusOf(plan: Plan, id: string): Promise<string> {
  return (await plan.inviter.api.get(`/api/sessions/${id}/`)).body.status
}

describe.each(statuses)('from %s', (status) => {
  test.each(Object.keys(says))('the invitee may %s exactly where the table allows it', async (name) => {
    const plan = await makePlan(system)
    const id = await sessionIn(plan, status)
    const answer = await post(plan.invitee, id, name)

    if (taken[status]?.includes(name)) {
      const [to, message] = says[name] ?? []
      expect([answer.status, answer.body]).toEqual([200, { id, status: to, message }])
      expect(await statusOf(plan, id)).toBe(to)
    } else {
      expect([answer.status, answer.body.code]).toEqual([400, 'WRONG_STATUS'])
      expect(answer.body.detail).toMatch(new RegExp(`^Cannot ${name} an? ${status} session$`))
      expect(await statusOf(plan, id)).toBe(status)
    }
  })

  test.each(['accept', 'decline'])('the inviter may not %s', async (name) => {
    const plan = await makePlan(system)
    const id = await sessionIn(plan, status)
    const answer = await post(plan.inviter, id, name)
    expect([answer.status, answer.body.detail]).toEqual([403, `Only invitee can ${name}`])
    expect(await statusOf(plan, id)).toBe(status)
  })
})

test.each(['cancel', 'complete'])('the inviter may %s too', async (name) => {
  const plan = await makePlan(system)
  const id = await sessionIn(plan, 'accepted')
  expect((await post(plan.inviter, id, name)).status).toBe(200)
})

test('to a stranger, a session does not exist', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  const stranger = await registerUser(system)

  for (const name of Object.keys(says)) {
    const foreign = await post(stranger, id, name)
    expect([name, foreign.status, foreign.body.detail]).toEqual([name, 404, 'Session not found'])
    for (const other of [unknownId, 'nonsense', `urn:uuid:${id}`, '0']) {
      const answer = await post(plan.invitee, other, name)
      expect([name, other, answer.status, answer.body.detail]).toEqual([name, other, 404, 'Session not found'])
    }
  }
})

test.each([
  ['nothing', undefined],
  ['an empty body of type JSON', ''],
  ['{}', {}]
])('a move takes %s for a body', async (_what, body) => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  const path = (name: string) => `/api/sessions/${id}/${name}/`
  expect((await plan.invitee.api.call('POST', path('accept'), body)).status).toBe(200)
  expect((await plan.invitee.api.call('POST', path('cancel'), body)).status).toBe(200)
})

describe('closing words', () => {
  const closings = [
    ['decline', { message: '  Sorry, I have other plans that day.  ' }, 'Sorry, I have other plans that day.'],
    ['cancel', { reason: "Weather looks bad, let's reschedule." }, "Cancelled: Weather looks bad, let's reschedule."]
  ] as const

  test.each(closings)('of %s are the last message, for both', async (name, body, text) => {
    const plan = await makePlan(system)
    const id = await invite(plan)
    await move(plan.invitee, id, name, body)

    for (const reader of [plan.inviter, plan.invitee]) {
      const { body: session } = await reader.api.get(`/api/sessions/${id}/`)
      expect(session.messages).toMatchObject([
        { session: id, sender: { id: plan.invitee.id, display_name: plan.invitee.display_name }, body: text, seq: 1 }
      ])
      expect(session.last_message_at).toBe(session.messages[0].created_at)
    }
  })

  test.each([
    ['decline', { message: '   ' }],
    ['decline', { message: null }],
    ['decline', { message: '' }],
    ['cancel', { reason: '\n' }],
    ['cancel', {}]
  ])('of %s that are blank are absent: %j', async (name, body) => {
    const plan = await makePlan(system)
    const id = await invite(plan)
    await move(plan.invitee, id, name, body)
    expect((await plan.inviter.api.get(`/api/sessions/${id}/`)).body.messages).toEqual([])
  })

  test.each([
    ['decline', { message: 'x'.repeat(2001) }],
    ['cancel', { reason: '🧗'.repeat(2001) }],
    ['decline', { message: 5 }],
    ['cancel', { reason: 'a\u0000b' }]
  ])('of %s that are no text of up to 2,000 characters change nothing', async (name, body) => {
    const plan = await makePlan(system)
    const id = await invite(plan)
    expect((await post(plan.invitee, id, name, body)).status).toBe(400)
    expect(await statusOf(plan, id)).toBe('pending')
  })

  test('of 2,000 characters are taken', async () => {
    const plan = await makePlan(system)
    const id = await invite(plan)
    await move(plan.invitee, id, 'cancel', { reason: '🧗'.repeat(2000) })
    const { body } = await plan.inviter.api.get(`/api/sessions/${id}/`)
    expect(body.messages[0].body).toBe(`Cancelled: ${'🧗'.repeat(2000)}`)
  })
})

test('of accept, decline and cancel at the same instant the outcome is that of some order', async () => {
  const plans = await Promise.all(Array.from({ length: 4 }, () => makePlan(system)))
  const rounds = Array.from({ length: 40 }, (_, index) => index)
  const outcomes = new Map<string, string[]>()
  for (const round of rounds) {
    const plan = plans[round % plans.length]
    if (!plan) continue
    const id = await invite(plan, { proposed_date: `2099-03-${15 + Math.floor(round / plans.length)}` })
    const racers = [
      [plan.invitee, 'accept'],
      [plan.invitee, 'decline'],
      [plan.inviter, 'cancel']
    ] as const
    const answers = await Promise.all(racers.map(([by, name]) => post(by, id, name)))
    const won = racers.flatMap(([, name], index) => (answers[index]?.status === 200 ? [name] : []))
    expect(answers.every((answer) => [200, 400].includes(answer.status))).toBe(true)
    // Accepting leaves room for cancelling after it; nothing else leaves room for anything.
    expect(['accept', 'decline', 'cancel', 'accept,cancel']).toContain(won.join())
    expect(await statusOf(plan, id)).toBe(says[won.at(-1) ?? '']?.[0])
    outcomes.set(id, won)
  }
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.sessions.session.>')
    for (const [id, won] of outcomes) {
      // Two processes may publish in either order; the version says which came first.
      const mine = events.filter((event) => event.subject === id).map((event) => event.data)
      const published = mine.toSorted((a, b) => a.version - b.version)
      expect(published.map((data) => data.status)).toEqual(['pending', ...won.map((name) => says[name]?.[0])])
      expect(published.map((data) => data.version)).toEqual(published.map((_, index) => index + 1))
    }
  })
})

test('of ten identical accepts at once exactly one is taken', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(plan.invitee, id, 'accept')))
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  expect(answers.filter((answer) => answer.body.detail === 'Cannot accept an accepted session')).toHaveLength(9)
})
