import { randomUUID } from 'node:crypto'
import {
  createApi,
  invite,
  makePlan,
  move,
  type Plan,
  registerUser,
  type TestUser,
  useSharedSystem
} from '@belay/testing'
import { expect, test } from 'vitest'
import { listInbox } from './support/inbox.ts'

const system = useSharedSystem()

const path = '/api/notifications/'
const unreadOf = async (owner: TestUser) => (await owner.api.get(`${path}unread_count/`)).body

/** A person with `count` more invitations, newest last. */
async function inviteAgain(plan: Plan, count: number): Promise<void> {
  for (let day = 1; day <= count; day += 1) await invite(plan, `2099-04-${String(day).padStart(2, '0')}`)
}

test('the inbox is paged, newest first, and its links keep the filters', async () => {
  const plan = await makePlan(system)
  await inviteAgain(plan, 21)
  const { api } = plan.invitee

  const first = await api.get(`${path}?unread=true&type=session_invited`)
  expect(first.body).toMatchObject({
    count: 22,
    next: expect.stringMatching(/^http:.*\/api\/notifications\/\?unread=true&type=session_invited&page=2$/),
    previous: null
  })
  const second = await api.get(`${path}?page=2`)
  expect(second.body).toMatchObject({
    count: 22,
    next: null,
    previous: expect.stringMatching(/\/api\/notifications\/$/)
  })
  const items = [...first.body.results, ...second.body.results]
  expect(items).toHaveLength(22)
  const times = items.map((item) => Date.parse(item.created_at))
  expect(times).toEqual(times.toSorted((one, other) => other - one))
  expect(items.at(-1).data.session_id).toBe(plan.sessionId)
})

test('the link of a page leads to what follows it, even if more has come meanwhile', async () => {
  const plan = await makePlan(system)
  await inviteAgain(plan, 2)
  const { api } = plan.invitee
  const page = await api.get(`${path}?page_size=2`)
  await invite(plan, '2099-05-01')
  const next = new URL(String(page.headers['link']).slice(1, -'>; rel="next"'.length))
  const { body, headers } = await api.get(next.pathname + next.search)
  expect(body).toMatchObject({ count: 4, next: null, results: [{ data: { session_id: plan.sessionId } }] })
  expect(headers['link']).toBeUndefined()
  expect((await api.get(`${path}?cursor=e30`)).status).toBe(400)
})

test('filters find read or unread ones, and ones of a type', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  await move(invitee, sessionId, 'accept')
  await move(inviter, sessionId, 'complete')
  await invite({ inviter, invitee }, '2099-04-01')
  const [invitation, prompt, answered] = await listInbox(invitee)
  await invitee.api.post(`${path}${prompt.id}/mark_read/`)
  const idsOf = async (query: string) => {
    const { body } = await invitee.api.get(path + query)
    return body.results.map((item: { id: string }) => item.id)
  }

  expect(await idsOf('')).toEqual([invitation.id, prompt.id, answered.id])
  expect(await idsOf('?unread=true')).toEqual([invitation.id])
  expect(await idsOf('?unread=false')).toEqual([prompt.id, answered.id])
  expect(await idsOf('?type=feedback_requested')).toEqual([prompt.id])
  expect(await idsOf('?type=feedback_requested&unread=true')).toEqual([])
  expect(await idsOf('?type=match_created')).toEqual([])
})

test('an empty inbox has a first page and no second', async () => {
  const { api } = await registerUser(system)
  expect((await api.get(path)).body).toEqual({ count: 0, next: null, previous: null, results: [] })
  expect((await api.get(`${path}?page=2`)).status).toBe(404)
  expect((await api.get(`${path}unread_count/`)).body).toEqual({ count: 0 })
})

test.each(['unread=maybe', 'type=gossip', 'page=0', 'page=-1', 'page=one', 'page=1.5', 'page_size=0'])(
  '?%s is refused with 400',
  async (query) => {
    const { api } = await registerUser(system)
    const answer = await api.get(`${path}?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body).toHaveProperty('detail')
  }
)

test('a notification is read once: the first time stays', async () => {
  const { invitee } = await makePlan(system)
  const [item] = await listInbox(invitee)
  expect(await unreadOf(invitee)).toEqual({ count: 1 })

  const first = await invitee.api.post(`${path}${item.id}/mark_read/`)
  expect(first.status).toBe(200)
  expect(first.body).toEqual({ ...item, is_read: true, read_at: expect.stringMatching(/Z$/) })
  expect(await unreadOf(invitee)).toEqual({ count: 0 })
  const again = await invitee.api.post(`${path}${item.id}/mark_read/`, {})
  expect(again.body).toEqual(first.body)
  expect(await listInbox(invitee)).toEqual([first.body])
})

test('all are marked at once, one’s own only, and those read before keep their time', async () => {
  const plan = await makePlan(system)
  await inviteAgain(plan, 2)
  const stranger = await makePlan(system)
  const [newest] = await listInbox(plan.invitee)
  const { read_at } = (await plan.invitee.api.post(`${path}${newest.id}/mark_read/`)).body

  const answer = await plan.invitee.api.post(`${path}mark_all_read/`)
  expect([answer.status, answer.body]).toEqual([200, { count: 2 }])
  expect((await plan.invitee.api.post(`${path}mark_all_read/`)).body).toEqual({ count: 0 })
  const items = await listInbox(plan.invitee)
  expect(items.map((item) => item.is_read)).toEqual([true, true, true])
  expect(items[0].read_at).toBe(read_at)
  expect(await unreadOf(stranger.invitee)).toEqual({ count: 1 })
})

test('a deleted notification is gone', async () => {
  const { invitee } = await makePlan(system)
  const [item] = await listInbox(invitee)

  const answer = await invitee.api.delete(`${path}${item.id}/`)
  expect([answer.status, answer.body]).toEqual([204, undefined])
  expect(await listInbox(invitee)).toEqual([])
  expect((await invitee.api.delete(`${path}${item.id}/`)).status).toBe(404)
  expect((await invitee.api.post(`${path}${item.id}/mark_read/`)).status).toBe(404)
})

test('other people’s, unknown and malformed ids look the same', async () => {
  const { inviter, invitee } = await makePlan(system)
  const [item] = await listInbox(invitee)
  for (const id of [item.id, randomUUID(), 'nonsense']) {
    const read = await inviter.api.post(`${path}${id}/mark_read/`)
    expect(read.body).toMatchObject({ status: 404, code: 'NOTIFICATION_NOT_FOUND', detail: 'Notification not found' })
    expect((await inviter.api.delete(`${path}${id}/`)).status).toBe(404)
  }
  expect((await listInbox(invitee))[0].is_read).toBe(false)
})

test('an inbox is for those who are signed in', async () => {
  const api = createApi(system.url)
  const answers = await Promise.all([
    api.get(path),
    api.get(`${path}unread_count/`),
    api.post(`${path}mark_all_read/`),
    api.post(`${path}${randomUUID()}/mark_read/`),
    api.delete(`${path}${randomUUID()}/`)
  ])
  expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401])
})
