import { randomUUID } from 'node:crypto'
import { type Json, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { openConversation } from '../support/conversations.ts'

const system = useSharedSystem()

const refused = (status: number, code: string) => ({ status, body: { success: false, error: { code } } })
const seqsOf = (body: Json): number[] => body.data.messages.map((message: Json) => message.seq)

test('messages of a conversation are shown to both people with type, sender and receiver', async () => {
  const { id, ana, ben, send, messages } = await openConversation(system)
  const sent = await send(ana, '🧗', 'emoji')

  const shown = {
    id: sent.id,
    conversation_id: id,
    sender_id: ana.id,
    receiver_id: ben.id,
    content: '🧗',
    message_type: 'emoji',
    is_request: false,
    request_status: null,
    is_read: false,
    read_at: null,
    created_at: sent.created_at,
    seq: 1,
    client_msg_id: null
  }
  for (const { api } of [ana, ben]) {
    expect(await api.get(messages)).toMatchObject({
      status: 200,
      body: {
        success: true,
        data: { messages: [shown] },
        meta: { pagination: { cursor: sent.id, hasMore: false } }
      }
    })
  }
})

test('the newest page comes first, and the id of its oldest message leads to older ones, oldest first in each', async () => {
  const { ana, ben, send, messages } = await openConversation(system)
  for (let n = 1; n <= 5; n += 1) await send(n % 2 ? ana : ben, `message ${n}`)

  const newest = (await ana.api.get(`${messages}?limit=2`)).body
  expect([seqsOf(newest), newest.meta.pagination.hasMore]).toEqual([[4, 5], true])
  const older = (await ana.api.get(`${messages}?limit=2&cursor=${newest.data.messages[0].id}`)).body
  expect([seqsOf(older), older.meta.pagination.hasMore]).toEqual([[2, 3], true])
  expect(older.meta.pagination.cursor).toBe(older.data.messages[0].id)
  const oldest = (await ana.api.get(`${messages}?limit=2&cursor=${older.meta.pagination.cursor}`)).body
  expect([seqsOf(oldest), oldest.meta.pagination.hasMore]).toEqual([[1], false])
})

test('a conversation without messages has no cursor', async () => {
  const { ana, messages } = await openConversation(system)

  expect((await ana.api.get(messages)).body).toMatchObject({
    data: { messages: [] },
    meta: { pagination: { cursor: null, hasMore: false } }
  })
})

test('a conversation that ended stays readable', async () => {
  const { ben, ana, send, messages, unmatch } = await openConversation(system)
  await send(ana, 'hello')
  await unmatch()

  expect(seqsOf((await ben.api.get(messages)).body)).toEqual([1])
})

test('an unknown conversation is CONVERSATION_NOT_FOUND, one of other people UNAUTHORIZED_ACTION', async () => {
  const { messages, send, ana } = await openConversation(system)
  await send(ana, 'hello')
  const stranger = await registerUser(system)

  for (const id of [randomUUID(), 'x']) {
    const answer = await stranger.api.get(`/api/v1/conversations/${id}/messages`)
    expect(answer).toMatchObject(refused(404, 'CONVERSATION_NOT_FOUND'))
  }
  expect(await stranger.api.get(messages)).toMatchObject(refused(403, 'UNAUTHORIZED_ACTION'))
})

test('a block makes the history unreadable for both while it lasts', async () => {
  const { ana, ben, send, messages } = await openConversation(system)
  await send(ana, 'hello')
  await ana.api.post(`/api/v1/users/${ben.id}/block`, {})

  for (const { api } of [ana, ben]) expect(await api.get(messages)).toMatchObject(refused(403, 'USER_BLOCKED'))

  await ana.api.delete(`/api/v1/users/${ben.id}/block`)
  for (const { api } of [ana, ben]) expect(seqsOf((await api.get(messages)).body)).toEqual([1])
})

test('a cursor that is no message of this conversation is refused', async () => {
  const { ana, messages } = await openConversation(system)
  const other = await openConversation(system, ana)
  const elsewhere = await other.send(ana, 'hello')

  for (const cursor of ['x', randomUUID(), elsewhere.id]) {
    expect(await ana.api.get(`${messages}?cursor=${cursor}`)).toMatchObject(refused(400, 'VALIDATION_ERROR'))
  }
})

test.each(['limit=0', 'limit=101'])('%s is refused with 400', async (query) => {
  const { ana, messages } = await openConversation(system)

  expect(await ana.api.get(`${messages}?${query}`)).toMatchObject(refused(400, 'VALIDATION_ERROR'))
})
