import { randomUUID } from 'node:crypto'
import { liveSubjects, MarkMessageRead } from '@belay/contracts'
import { collectEvents, eventually, type Json, registerUser, type TestUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { makePremium, openConversation } from '../support/conversations.ts'

const system = useSystem({ env: { LIMIT_SOCKET_READ_MARKS_PER_MINUTE: '3', LIMIT_SOCKET_MESSAGES_PER_SECOND: '1000' } })

const refused = (status: number, code: string) => ({ status, body: { success: false, error: { code } } })

/** Which messages a person sees as read, and when; oldest first. */
async function receiptsOf(viewer: TestUser, messages: string): Promise<(string | null)[]> {
  const { body } = await viewer.api.get(messages)
  for (const { is_read, read_at } of body.data.messages) expect(is_read).toBe(read_at !== null)
  return body.data.messages.map((message: Json) => message.read_at)
}

test('marking a message reads it and everything before it, at the time of the first mark', async () => {
  const { ana, ben, send, read, messages } = await openConversation(system)
  const [one, two, three] = [await send(ana, 'one'), await send(ana, 'two'), await send(ana, 'three')]

  const marked = await read(ben, two.id)
  expect(marked).toMatchObject({ status: 200, body: { success: true, data: { message: 'Message marked as read' } } })
  const { read_at } = marked.body.data
  expect(await receiptsOf(ben, messages)).toEqual([read_at, read_at, null])

  const later = await read(ben, three.id)
  expect((await read(ben, one.id)).body.data.read_at).toBe(read_at)
  expect(await receiptsOf(ben, messages)).toEqual([read_at, read_at, later.body.data.read_at])
  expect((await ben.api.get('/api/v1/conversations')).body.data.conversations).toMatchObject([
    { unread_count: 0, last_message: { is_read: true } }
  ])
})

test('a sender sees what was read of their messages as long as they are premium', async () => {
  const { ana, ben, send, read, messages } = await openConversation(system)
  const sent = await send(ana, 'hello')
  const { read_at } = (await read(ben, sent.id)).body.data
  const isRead = async () =>
    (await ana.api.get('/api/v1/conversations')).body.data.conversations[0].last_message.is_read

  expect([await receiptsOf(ana, messages), await isRead()]).toEqual([[null], false])
  await makePremium(system, ana)
  expect([await receiptsOf(ana, messages), await isRead()]).toEqual([[read_at], true])
})

test('what was unread at a block is unread after it, until its receiver reads it', async () => {
  const { ana, ben, send, read, messages } = await openConversation(system)
  const [one, two] = [await send(ana, 'one'), await send(ana, 'two')]
  await send(ben, 'three')
  const last = await send(ana, 'four')
  const { read_at } = (await read(ben, one.id)).body.data
  await ben.api.post(`/api/v1/users/${ana.id}/block`)
  await ben.api.delete(`/api/v1/users/${ana.id}/block`)
  const unread = async ({ api }: TestUser) =>
    (await api.get('/api/v1/conversations?type=archived')).body.data.conversations[0].unread_count

  expect([await unread(ana), await unread(ben)]).toEqual([1, 2])
  const second = (await read(ben, two.id)).body.data
  expect(await receiptsOf(ben, messages)).toEqual([read_at, second.read_at, null, null])
  expect(await unread(ben)).toBe(1)
  const fourth = (await read(ben, last.id)).body.data
  expect(await receiptsOf(ben, messages)).toEqual([read_at, second.read_at, null, fourth.read_at])
  expect(await unread(ben)).toBe(0)
})

test('a mark that moves is signalled once, with a receipt that is shown to a premium sender alone', async () => {
  const { id, ana, ben, bus, send, read } = await openConversation(system)
  const signals: Json[] = []
  bus.listenLive(liveSubjects.thread(id), (signal) => void signals.push(signal))
  const first = await send(ana, 'one')
  const marks = () => signals.filter(({ kind }) => kind === 'read')

  const one = (await read(ben, first.id)).body.data
  await read(ben, first.id)
  await makePremium(system, ana)
  const second = await send(ana, 'two')
  const two = (await read(ben, second.id)).body.data

  const mark = (message_id: string, last_read_seq: number, { read_at }: Json, shown_to: string[]) => ({
    kind: 'read',
    user_id: ben.id,
    last_read_seq,
    receipt: { message_id, read_at, shown_to }
  })
  await eventually(() => expect(marks()).toHaveLength(2))
  expect(marks()).toEqual([mark(first.id, 1, one, []), mark(second.id, 2, two, [ana.id])])
})

test('a mark that passes only messages of its reader gives no receipt again', async () => {
  const { id, ana, ben, bus, send, read, messages } = await openConversation(system)
  const { read_at } = (await read(ben, (await send(ana, 'hello')).id)).body.data
  const signals: Json[] = []
  bus.listenLive(liveSubjects.thread(id), (signal) => void signals.push(signal))
  await send(ben, 'hello yourself')
  await ben.api.post(`/threads/${id}/read`, { last_read_seq: 2 })

  const mark = { kind: 'read', user_id: ben.id, last_read_seq: 2 }
  await eventually(() => expect(signals.filter(({ kind }) => kind === 'read')).toEqual([mark]))
  expect(await receiptsOf(ben, messages)).toEqual([read_at, null])
})

test('a mark through another front door gives the same receipt', async () => {
  const { id, ana, ben, send, messages } = await openConversation(system)
  await send(ana, 'hello')

  await ben.api.post(`/threads/${id}/read`, { last_read_seq: 1 })

  expect(await receiptsOf(ben, messages)).toEqual([expect.any(String)])
})

test('a mark is published as an event', async () => {
  const { id, ana, ben, send, read } = await openConversation(system)
  await read(ben, (await send(ana, 'hello')).id)

  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.chat.thread.read.v1')
    expect(events.filter(({ subject }) => subject === id).map(({ data }) => data)).toEqual([
      { thread_id: id, user_id: ben.id, last_read_seq: 1 }
    ])
  })
})

test('only the receiver marks a message', async () => {
  const { ana, ben, send, read } = await openConversation(system)
  const sent = await send(ana, 'hello')
  const stranger = await registerUser(system)

  expect(await read(ana, sent.id)).toMatchObject(refused(403, 'UNAUTHORIZED_ACTION'))
  expect(await read(stranger, sent.id)).toMatchObject(refused(403, 'UNAUTHORIZED_ACTION'))
  for (const id of [randomUUID(), 'x']) {
    expect(await read(ben, id)).toMatchObject(refused(404, 'MESSAGE_NOT_FOUND'))
  }
})

test('a message of a blocked conversation is not marked', async () => {
  const { ana, ben, send, read } = await openConversation(system)
  const sent = await send(ana, 'hello')
  await ana.api.post(`/api/v1/users/${ben.id}/block`, {})

  expect(await read(ben, sent.id)).toMatchObject(refused(403, 'USER_BLOCKED'))
})

test('marks over sockets have a limit, in which refused ones do not count', async () => {
  const { ana, ben, bus, send } = await openConversation(system)
  const sent = await send(ana, 'hello')
  const mark = (message_id: string) => bus.ask(MarkMessageRead, { user_id: ben.id, message_id })

  for (let n = 0; n < 5; n += 1) expect(await mark(randomUUID())).toMatchObject({ reason: 'message_not_found' })
  for (let n = 0; n < 3; n += 1) expect(await mark(sent.id)).toMatchObject({ ok: true, read_at: expect.any(String) })
  expect(await mark(sent.id)).toMatchObject({
    ok: false,
    reason: 'rate_limited',
    retry_after_seconds: expect.any(Number)
  })
})
