import { makePlan, openSessionSocket, registerUser, type TestUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSharedSystem()

async function unreadOf(reader: TestUser): Promise<number> {
  return (await reader.api.get('/api/sessions/')).body.results[0].unread_count
}

test('marking reads everything by default, and a member’s own messages are never unread', async () => {
  const { inviter, invitee, sessionId, messages } = await makePlan(system)
  for (const body of ['one', 'two']) await inviter.api.post(messages, { body })
  await invitee.api.post(messages, { body: 'mine' })
  expect([await unreadOf(inviter), await unreadOf(invitee)]).toEqual([1, 2])

  const marked = await invitee.api.post(`/api/sessions/${sessionId}/mark-read/`)

  expect(marked.body).toEqual({ message: 'Messages marked as read', unread_count: 0 })
  expect([await unreadOf(inviter), await unreadOf(invitee)]).toEqual([1, 0])
})

test('a mark moves to last_read_seq, never backwards, and at most to the end', async () => {
  const { inviter, invitee, sessionId, messages } = await makePlan(system)
  for (const body of ['one', 'two', 'three']) await inviter.api.post(messages, { body })
  await invitee.api.post(messages, { body: 'mine' })
  const mark = async (last_read_seq: number) =>
    (await invitee.api.post(`/api/sessions/${sessionId}/mark-read/`, { last_read_seq })).body.unread_count

  expect(await mark(2)).toBe(1)
  expect(await mark(1)).toBe(1)
  expect(await mark(1000)).toBe(0)
  await inviter.api.post(messages, { body: 'four' })
  expect(await unreadOf(invitee)).toBe(1)
})

test.each([2 ** 31, Number.MAX_SAFE_INTEGER, 1e300])(
  'last_read_seq may be any number beyond the end: %d',
  async (last_read_seq) => {
    const { inviter, invitee, sessionId, messages } = await makePlan(system)
    await inviter.api.post(messages, { body: 'one' })

    const marked = await invitee.api.post(`/api/sessions/${sessionId}/mark-read/`, { last_read_seq })

    expect(marked).toMatchObject({ status: 200, body: { unread_count: 0 } })
  }
)

test('the other person’s socket receives the mark', async () => {
  const { inviter, invitee, sessionId, messages } = await makePlan(system)
  await inviter.api.post(messages, { body: 'one' })
  const socket = await openSessionSocket(system, sessionId, inviter.token, { afterSeq: 0 })
  await socket.next((frame) => frame['type'] === 'message')

  await invitee.api.post(`/api/sessions/${sessionId}/mark-read/`, {})

  expect(await socket.next((frame) => frame['type'] === 'read')).toEqual({
    type: 'read',
    user_id: invitee.id,
    last_read_seq: 1
  })
})

test.each([[-1], ['1'], [1.5]])('last_read_seq %j is refused with 400', async (last_read_seq) => {
  const { invitee, sessionId } = await makePlan(system)

  expect((await invitee.api.post(`/api/sessions/${sessionId}/mark-read/`, { last_read_seq })).status).toBe(400)
})

test('a person outside the session gets 404', async () => {
  const { sessionId } = await makePlan(system)
  const stranger = await registerUser(system)

  expect((await stranger.api.post(`/api/sessions/${sessionId}/mark-read/`)).status).toBe(404)
})
