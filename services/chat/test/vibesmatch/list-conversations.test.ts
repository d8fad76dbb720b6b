import { type Json, registerUser, type TestUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { openConversation } from '../support/conversations.ts'

const system = useSharedSystem()

const list = async (user: TestUser, query = ''): Promise<Json> =>
  (await user.api.get(`/api/v1/conversations${query}`)).body

const idsOf = (page: Json): string[] => page.data.conversations.map((one: Json) => one.id)

test('a conversation is listed for both people with the other one, the last message and what is unread', async () => {
  const { id, ana, ben, send } = await openConversation(system)
  await send(ana, 'hello')
  const last = await send(ana, 'https://example.org/a.jpg', 'image')

  const shown = (peer: TestUser, unread_count: number) => ({
    id,
    user: { id: peer.id, name: peer.display_name, profile_photos: [], is_online: false, last_active: null },
    last_message: {
      id: last.id,
      content: 'https://example.org/a.jpg',
      sender_id: ana.id,
      message_type: 'image',
      created_at: last.created_at,
      is_read: false,
      seq: 2
    },
    unread_count,
    last_activity: last.created_at,
    status: 'active',
    epoch: expect.any(String)
  })
  const page = (peer: TestUser, unread: number) => ({
    success: true,
    data: { conversations: [shown(peer, unread)] },
    meta: { pagination: { cursor: null, hasMore: false } }
  })
  expect(await list(ben)).toEqual(page(ana, 2))
  expect(await list(ana)).toEqual(page(ben, 0))
})

test('a conversation in which nothing was written yet has no last message', async () => {
  const { ana } = await openConversation(system)

  expect((await list(ana)).data.conversations).toMatchObject([{ last_message: null, unread_count: 0 }])
})

test('the most recently active conversation comes first, whichever side of the pair the person is on', async () => {
  const ana = await registerUser(system)
  const conversations: Awaited<ReturnType<typeof openConversation>>[] = []
  for (let n = 0; n < 4; n += 1) conversations.push(await openConversation(system, ana))
  const [first, second, third, fourth] = conversations.map(({ id }) => id)
  await conversations[1]?.send(ana, 'hello')

  expect(idsOf(await list(ana))).toEqual([second, fourth, third, first])
})

test('a conversation that ended is archived', async () => {
  const { id, ana, send, unmatch } = await openConversation(system)
  await send(ana, 'hello')
  await unmatch()

  expect(idsOf(await list(ana))).toEqual([])
  expect((await list(ana, '?type=archived')).data.conversations).toMatchObject([
    { id, status: 'archived', user: { is_online: false, last_active: null }, last_message: { content: 'hello' } }
  ])
})

test('a conversation with a blocked person is not listed', async () => {
  const { ana, ben } = await openConversation(system)
  await ana.api.post(`/api/v1/users/${ben.id}/block`, {})

  for (const person of [ana, ben]) {
    expect(idsOf(await list(person))).toEqual([])
    expect(idsOf(await list(person, '?type=archived'))).toEqual([])
  }
})

test('conversations that move between two pages do not make others be skipped or repeated', async () => {
  const ana = await registerUser(system)
  const conversations: Awaited<ReturnType<typeof openConversation>>[] = []
  for (let n = 0; n < 6; n += 1) conversations.push(await openConversation(system, ana))
  const newestFirst = conversations.map(({ id }) => id).toReversed()

  const first = await list(ana, '?limit=2')
  expect(idsOf(first)).toEqual(newestFirst.slice(0, 2))
  // The last one of the page, from which the cursor is, and one of a later page move to the top.
  for (const moving of [conversations[4], conversations[1]]) await moving?.send(ana, 'hello')

  const { cursor, hasMore } = first.meta.pagination
  expect(hasMore).toBe(true)
  const second = await list(ana, `?limit=2&cursor=${cursor}`)
  const third = await list(ana, `?limit=2&cursor=${second.meta.pagination.cursor}`)
  expect([...idsOf(second), ...idsOf(third)]).toEqual([3, 2, 0].map((n) => conversations[n]?.id))
  expect(third.meta.pagination).toEqual({ cursor: null, hasMore: false })
})

test.each(['limit=0', 'limit=51', 'type=blocked', 'cursor=x', 'cursor=WyJ0aHJlYWRzIixudWxsLCJ4Il0'])(
  '%s is refused with 400',
  async (query) => {
    const ana = await registerUser(system)

    const answer = await ana.api.get(`/api/v1/conversations?${query}`)
    expect(answer).toMatchObject({ status: 400, body: { success: false, error: { code: 'VALIDATION_ERROR' } } })
  }
)
