import { randomUUID } from 'node:crypto'
import { JoinConversations, ListMessagesBetween, ListMissedMessages, MarkMessageRead } from '@belay/contracts'
import { eventually, logIn, makePlan, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { openConversation } from '../support/conversations.ts'

const system = useSharedSystem()

test('a person joins their open conversations, the most recently active first, or chosen ones of them', async () => {
  const one = await openConversation(system)
  const { ana, bus } = one
  const [two, ended, others] = [
    await openConversation(system, ana),
    await openConversation(system, ana),
    await openConversation(system)
  ]
  await ended.unmatch()
  await one.send(ana, 'hello')
  const join = (more: { limit?: number; conversation_ids?: string[] } = {}) =>
    bus.ask(JoinConversations, { user_id: ana.id, limit: 10, ...more })
  const joined = (conversation: typeof one, last_seq: number) => ({
    conversation_id: conversation.id,
    peer_id: conversation.ben.id,
    last_seq,
    stamp: { epoch: expect.any(String), members_version: 0 }
  })

  expect(await join()).toEqual({
    ok: true,
    user_name: ana.display_name,
    conversations: [joined(one, 1), joined(two, 0)]
  })
  expect(await join({ limit: 1 })).toMatchObject({ conversations: [joined(one, 1)] })
  const conversation_ids = [two.id, ended.id, others.id, randomUUID()]
  expect(await join({ conversation_ids })).toMatchObject({ conversations: [joined(two, 0)] })
})

test('the messages after one are listed oldest first, in pages', async () => {
  const { id, ana, ben, bus, send } = await openConversation(system)
  const sent: Awaited<ReturnType<typeof send>>[] = []
  for (const body of ['one', 'two', 'three', 'four']) sent.push(await send(ana, body))
  const after = async (index: number, limit: number) =>
    bus.ask(ListMissedMessages, {
      user_id: ben.id,
      conversation_id: id,
      after_message_id: sent[index]?.id ?? '',
      limit
    })

  expect(await after(0, 2)).toMatchObject({ ok: true, messages: [{ body: 'two' }, { body: 'three' }], has_more: true })
  expect(await after(2, 2)).toMatchObject({ messages: [{ body: 'four', receiver_id: ben.id }], has_more: false })
  expect(await after(3, 2)).toMatchObject({ messages: [], has_more: false })
})

test('what was missed is listed for the two people alone, and not after a message of another conversation', async () => {
  const { id, ana, ben, bus, send } = await openConversation(system)
  const sent = await send(ana, 'hello')
  const stranger = await registerUser(system)
  const missed = (user_id: string, after_message_id = sent.id, conversation_id = id) =>
    bus.ask(ListMissedMessages, { user_id, conversation_id, after_message_id, limit: 10 })

  expect(await missed(stranger.id)).toMatchObject({ ok: false, reason: 'unauthorized_action' })
  expect(await missed(ben.id, randomUUID())).toMatchObject({ ok: false, reason: 'message_not_found' })
  expect(await missed(ben.id, sent.id, randomUUID())).toMatchObject({ ok: false, reason: 'conversation_not_found' })
  await ana.api.post(`/api/v1/users/${ben.id}/block`, {})
  expect(await missed(ben.id)).toMatchObject({ ok: false, reason: 'user_blocked' })
})

test('a disabled person and one without an account read and mark nothing', async () => {
  const { id, ana, ben, bus, send } = await openConversation(system)
  const sent = await send(ana, 'hello')
  const admin = await logIn(system, system.admin)
  await admin.api.patch(`/api/admin/users/${ben.id}/`, { disabled: true })

  for (const [user_id, reason] of [
    [ben.id, 'account_disabled'],
    [randomUUID(), 'user_not_found']
  ] as const) {
    const missed = { user_id, conversation_id: id, after_message_id: sent.id, limit: 10 }
    expect(await bus.ask(ListMissedMessages, missed)).toMatchObject({ ok: false, reason })
    expect(await bus.ask(MarkMessageRead, { user_id, message_id: sent.id })).toMatchObject({ ok: false, reason })
    expect(await bus.ask(JoinConversations, { user_id, limit: 10 })).toEqual({ ok: false, reason })
  }
})

test('what one person wrote to another is listed over all their conversations, also after a block', async () => {
  const { inviter: ana, invitee: ben, messages } = await makePlan(system)
  const { bus, send } = await openConversation(system, ana, ben)
  await ana.api.post(messages, { body: 'in the session' })
  await ben.api.post(messages, { body: 'not hers' })
  await send(ana, 'one')
  await send(ben, 'not hers either')
  await send(ana, 'two')
  const toOther = await openConversation(system, ana)
  await toOther.send(ana, 'not to him')
  await ben.api.post(`/api/v1/users/${ana.id}/block`, {})
  const between = async (limit: number) => {
    const answer = await bus.ask(ListMessagesBetween, { sender_id: ana.id, receiver_id: ben.id, limit })
    return answer.messages.map(({ body }) => body)
  }

  expect(await between(50)).toEqual(['in the session', 'one', 'two'])
  expect(await between(2)).toEqual(['one', 'two'])
})

test('what one person wrote to another ends at the time that is asked for', async () => {
  const { ana, ben, bus, send } = await openConversation(system)
  const { created_at: until } = await send(ana, 'before')
  await eventually(async () => expect(Date.now()).toBeGreaterThan(Date.parse(until)))
  await send(ana, 'after')

  const { messages } = await bus.ask(ListMessagesBetween, { sender_id: ana.id, receiver_id: ben.id, until, limit: 50 })
  expect(messages.map(({ body }) => body)).toEqual(['before'])
})

test('of what one person wrote to another the newest messages of each thread and the latest threads are searched', async () => {
  const { id, ana, ben, bus, send } = await openConversation(system)
  await send(ana, 'too far back')
  const people = [ana.id, ben.id]
  await system.sql(
    `insert into chat.messages (thread_id, seq, id, kind, sender_id, body, created_at, message_type)
     select $1, n, gen_random_uuid(), 'user', case when n = 2 then $2::uuid else $3::uuid end, 'written ' || n, now(), 'text'
     from generate_series(2, 1001) as n`,
    [id, ...people]
  )
  await system.sql('update chat.threads set last_seq = 1001, last_message_at = now() where id = $1', [id])
  await system.sql(
    `with made as (
       insert into chat.threads (id, context, context_id, context_version, context_status, last_seq, last_message_at, created_at)
       select gen_random_uuid(), 'session', gen_random_uuid(), 1, 'accepted', 1, now() - n * interval '1 minute', now()
       from generate_series(1, 50) as n returning id, last_message_at
     ), joined as (
       insert into chat.members (thread_id, user_id) select id, unnest($1::uuid[]) from made
     )
     insert into chat.messages (thread_id, seq, id, kind, sender_id, body, created_at)
     select id, 1, gen_random_uuid(), 'user', ($1::uuid[])[1],
            'session ' || row_number() over (order by last_message_at desc), last_message_at from made`,
    [people]
  )

  const { messages } = await bus.ask(ListMessagesBetween, { sender_id: ana.id, receiver_id: ben.id, limit: 50 })
  const sessions = Array.from({ length: 49 }, (_, index) => `session ${49 - index}`)
  expect(messages.map(({ body }) => body)).toEqual([...sessions, 'written 2'])
})
