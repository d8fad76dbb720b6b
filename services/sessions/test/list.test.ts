import { eventually, registerUser, type TestUser, useSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { day, invite, makePlan, makeTrip, pathOf, type Plan, sessionIn } from './support/plans.ts'

const system = useSystem({ ownProcesses: ['chat'], env: { RATE_LIMITS: 'off' } })

const list = async (reader: TestUser, query = '') => (await reader.api.get(`/api/sessions/${query}`)).body
const idsOf = (page: { results: { id: string }[] }) => page.results.map((item) => item.id)
const onDay = (date: number) => ({ proposed_date: `2099-03-${date}` })

async function say(by: TestUser, id: string, body: string): Promise<void> {
  const answer = await by.api.post(`/api/sessions/${id}/messages/`, { body })
  if (answer.status !== 201) throw new Error(`sending answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

test('an item shows the session, the last message and the reader’s unread count', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  await say(plan.inviter, id, 'Hey!')
  await say(plan.inviter, id, 'Looking forward to it')

  const page = await list(plan.invitee)
  expect(page).toMatchObject({ count: 1, next: null, previous: null })
  expect(page.results).toEqual([
    {
      id,
      inviter: { id: plan.inviter.id, display_name: plan.inviter.display_name, avatar: null },
      invitee: { id: plan.invitee.id, display_name: plan.invitee.display_name, avatar: null },
      trip: expect.objectContaining({ id: plan.tripId, destination: { slug: 'railay', name: 'Railay, Krabi' } }),
      proposed_date: day,
      time_block: 'morning',
      crag: 'Thaiwand Wall',
      goal: 'Work on 5.11 endurance routes',
      status: 'pending',
      created_at: expect.any(String),
      updated_at: expect.any(String),
      last_message_at: page.results[0].last_message.created_at,
      unread_count: 2,
      last_message: {
        id: expect.any(String),
        sender: { id: plan.inviter.id, display_name: plan.inviter.display_name },
        body: 'Looking forward to it',
        created_at: expect.any(String)
      }
    }
  ])
  expect((await list(plan.inviter)).results[0].unread_count).toBe(0)
})

test('pending ones come first, then the latest conversation, then the newest session', async () => {
  const plan = await makePlan(system)
  const quietOld = await sessionIn(plan, 'accepted', onDay(15))
  const spokenFirst = await sessionIn(plan, 'accepted', onDay(16))
  const spokenLast = await sessionIn(plan, 'accepted', onDay(17))
  const quietNew = await sessionIn(plan, 'accepted', onDay(18))
  const pendingOld = await invite(plan, onDay(19))
  const pendingNew = await invite(plan, onDay(20))
  await say(plan.inviter, spokenFirst, 'first')
  await say(plan.invitee, spokenLast, 'second')

  const expected = [pendingNew, pendingOld, spokenLast, spokenFirst, quietNew, quietOld]
  expect(idsOf(await list(plan.inviter))).toEqual(expected)
  expect(idsOf(await list(plan.invitee))).toEqual(expected)
  await say(plan.inviter, pendingOld, 'still there?')
  expect(idsOf(await list(plan.inviter)).slice(0, 2)).toEqual([pendingOld, pendingNew])
})

describe('filters', () => {
  async function both(): Promise<{ plan: Plan; sent: string; received: string }> {
    const plan = await makePlan(system)
    const sent = await sessionIn(plan, 'accepted')
    const back = { inviter: plan.invitee, invitee: plan.inviter, tripId: await makeTrip(plan.invitee.api) }
    return { plan, sent, received: await invite(back) }
  }

  test('by role and by status, alone and together', async () => {
    const { plan, sent, received } = await both()
    const ids = async (query: string) => idsOf(await list(plan.inviter, query))

    expect(await ids('?role=inviter')).toEqual([sent])
    expect(await ids('?role=invitee')).toEqual([received])
    expect(await ids('?status=accepted')).toEqual([sent])
    expect(await ids('?status=pending&role=invitee')).toEqual([received])
    expect(await list(plan.inviter, '?status=pending&role=inviter')).toEqual({
      count: 0,
      next: null,
      previous: null,
      results: []
    })
  })

  test('that are empty, and an unknown role, are ignored; an unknown status matches nothing', async () => {
    const { plan, sent, received } = await both()
    const ids = async (query: string) => idsOf(await list(plan.inviter, query))
    for (const query of ['?status=', '?role=', '?status=&role=&page=1', '?role=owner']) {
      expect(await ids(query)).toEqual([received, sent])
    }
    for (const query of ['?status=gone', '?status=Accepted', '?status=gone&role=inviter']) {
      expect(await list(plan.inviter, query)).toEqual({ count: 0, next: null, previous: null, results: [] })
    }
  })

  test.each(['?page=0', '?page=first', '?page_size=0', '?page_size=101'])('%s is invalid', async (query) => {
    const { api } = await registerUser(system)
    expect((await api.get(`/api/sessions/${query}`)).status).toBe(400)
  })
})

test('pages keep their filters, and there is none past the end', async () => {
  const plan = await makePlan(system)
  for (const date of [15, 16, 17]) await invite(plan, onDay(date))
  const follow = async (url: string) => (await plan.inviter.api.get(pathOf(url))).body

  const first = await list(plan.inviter, '?status=pending&page_size=2')
  expect(first).toMatchObject({ count: 3, previous: null, results: [{}, {}] })
  expect(first.next).toMatch(/^http:\/\/localhost:\d+\/api\/sessions\/\?/)
  expect(Object.fromEntries(new URL(first.next).searchParams)).toEqual({ status: 'pending', page_size: '2', page: '2' })
  const second = await follow(first.next)
  expect(second).toMatchObject({ count: 3, next: null, results: [{}] })
  expect(idsOf(await follow(second.previous))).toEqual(idsOf(first))

  const beyond = await plan.inviter.api.get('/api/sessions/?page_size=2&page=3')
  expect([beyond.status, beyond.body.detail]).toEqual([404, 'Invalid page.'])
})

test('people see only their own sessions', async () => {
  const plan = await makePlan(system)
  await invite(plan)
  const stranger = await registerUser(system)
  expect(await list(stranger)).toEqual({ count: 0, next: null, previous: null, results: [] })
})

test('the list responds with 503 while chat is away, and recovers', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  await system.kill('chat')

  const answer = await plan.inviter.api.get('/api/sessions/')
  expect(answer.status).toBe(503)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  const accept = `/api/sessions/${id}/accept/`
  expect(await plan.invitee.api.post(accept)).toMatchObject({ status: 503, body: { code: 'NOT_YET_EFFECTIVE' } })
  await system.restart('chat')
  await eventually(async () => expect((await plan.invitee.api.post(accept)).status).toBe(200))
  await eventually(async () => expect((await list(plan.inviter)).results).toMatchObject([{ id, status: 'accepted' }]))
})
