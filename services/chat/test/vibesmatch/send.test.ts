import { SendDirectMessage } from '@belay/contracts'
import { collectEvents, eventually, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from '../support/people.ts'
import {
  ask,
  befriend,
  block,
  expectRequestEvents,
  inShort,
  makePremium,
  meet,
  respond,
  send,
  textsOf
} from './pairs.ts'

const system = useSharedSystem()
const unknown = '0198a000-0000-7000-8000-000000000000'

test('a message in an open conversation answers 201 with its place', async () => {
  const { ana, ben } = await meet(system)
  const conversation_id = await befriend(ana, ben)

  const sent = await send(ben, ana, '  See you  ')

  expect([sent.status, sent.body]).toEqual([
    201,
    {
      success: true,
      data: {
        message_id: expect.any(String),
        conversation_id,
        message: 'Message sent successfully',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        seq: 2
      }
    }
  ])
})

test.each([
  ['oneself', '400 VALIDATION_ERROR', { receiver_id: 'self' }],
  ['an unknown person', '404 USER_NOT_FOUND', { receiver_id: unknown }],
  ['another type', '400 INVALID_MESSAGE_TYPE', { message_type: 'video' }],
  ['a text over 2,000 code points', '400 CONTENT_TOO_LONG', { content: 'x'.repeat(2001) }],
  ['an emoji over 32 code points', '400 CONTENT_TOO_LONG', { message_type: 'emoji', content: '🧗'.repeat(33) }],
  ['an image that is no URL', '400 VALIDATION_ERROR', { message_type: 'image', content: 'a picture' }],
  ['an image of another scheme', '400 VALIDATION_ERROR', { message_type: 'image', content: 'javascript:alert(1)' }],
  ['an image of no host', '400 VALIDATION_ERROR', { message_type: 'image', content: 'http:a.jpg' }],
  ['an image with a line break', '400 VALIDATION_ERROR', { message_type: 'image', content: 'https://a.org/\nb' }],
  ['a blank text', '400 VALIDATION_ERROR', { content: ' ' }]
])('a message to or with %s is refused with %s', async (_what, expected, more) => {
  const { ana, ben } = await meet(system)
  await befriend(ana, ben)
  const receiver = 'receiver_id' in more && more.receiver_id === 'self' ? { receiver_id: ana.id } : {}

  expect(inShort(await send(ana, ben, 'hi', { ...more, ...receiver }))).toBe(expected)
})

test.each([
  ['text', '🧗'.repeat(2000)],
  ['emoji', '🧗'.repeat(32)],
  ['image', 'https://example.org/a.jpg']
])('a message may be of the type %s', async (message_type, content) => {
  const { ana, ben } = await meet(system)
  await befriend(ana, ben)

  expect((await send(ana, ben, content, { message_type })).status).toBe(201)
})

test('a free person may write in open conversations only, and a premium one opens them', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  expect(inShort(await send(ana, ben))).toBe('403 UNAUTHORIZED_ACTION')
  await makePremium(system, ana)

  const sent = await send(ana, ben, 'Hello!')

  expect(sent.status).toBe(201)
  const { conversation_id } = sent.body.data
  expect((await send(ben, ana, 'Hi!')).body.data).toMatchObject({ conversation_id, seq: 2 })
  expect(await textsOf(bus, conversation_id, ben)).toEqual(['Hello!', 'Hi!'])
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.chat.conversation.started.v1')
    expect(events.map(({ data }) => data)).toContainEqual({ conversation_id, sender_id: ana.id, receiver_id: ben.id })
  })
})

test('the own request of a premium person begins the conversation, and waits until it is accepted', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  const { request_id } = (await ask(ana, ben, 'one')).body.data
  await makePremium(system, ana)

  const { conversation_id } = (await send(ana, ben, 'two')).body.data
  expect(await textsOf(bus, conversation_id, ben)).toEqual(['one', 'two'])
  await expectRequestEvents(system, ana, ben, ['sent'])

  const accepted = await respond(ben, request_id, 'accept')
  expect(accepted.body.data).toMatchObject({ conversation_id, match_created: true })
  expect(await textsOf(bus, conversation_id, ben)).toEqual(['one', 'two'])
})

test('a repeated client_msg_id returns the first answer, also when the message opened the conversation', async () => {
  const { ana, ben } = await meet(system)
  await ask(ana, ben)

  const first = await send(ben, ana, 'reply', { client_msg_id: 'a' })
  const again = await send(ben, ana, 'another', { client_msg_id: 'a' })

  expect([again.status, again.body]).toEqual([201, first.body])
})

test.each(['accepts a request', 'opens a conversation', 'continues a conversation'])(
  'twenty sends with one Idempotency-Key of a message that %s store one and get one response',
  async (what) => {
    const { ana, ben } = await meet(system)
    const bus = await connect(system)
    if (what === 'accepts a request') await ask(ben, ana)
    if (what === 'opens a conversation') await makePremium(system, ana)
    if (what === 'continues a conversation') await befriend(ana, ben)

    const answers = await Promise.all(Array.from({ length: 20 }, () => send(ana, ben, 'once', {}, 'a-key')))
    const later = await send(ana, ben, 'once', {}, 'a-key')
    const reused = await send(ana, ben, 'other', {}, 'a-key')

    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]))
    expect(new Set([...answers, later].map((answer) => JSON.stringify(answer.body))).size).toBe(1)
    expect(inShort(reused)).toBe('400 IDEMPOTENCY_KEY_REUSED')
    const texts = await textsOf(bus, later.body.data.conversation_id, ben)
    expect(texts.filter((text) => text === 'once')).toHaveLength(1)
  }
)

test('twenty first messages of both at the same instant open one conversation', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  await makePremium(system, ana, ben)

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? send(ana, ben, `${n}`) : send(ben, ana, `${n}`)))
  )

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]))
  const ids = new Set<string>(answers.map((answer) => answer.body.data.conversation_id))
  expect(ids.size).toBe(1)
  for (const id of ids) expect(await textsOf(bus, id, ana)).toHaveLength(20)
})

test('no message is stored after the block that it races with', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { ana, ben } = await meet(system)
    const id = await befriend(ana, ben)

    const [blocked, ...sent] = await Promise.all([
      block(ana, ben),
      ...Array.from({ length: 10 }, () => send(ben, ana, 'still there?'))
    ])

    expect(blocked.status).toBe(200)
    expect(inShort(await send(ben, ana))).toBe('403 USER_BLOCKED')
    const stored = await system.sql('select seq from chat.messages where thread_id = $1', [id])
    expect(stored).toHaveLength(1 + sent.filter(({ status }) => status === 201).length)
    // The end of their match may arrive a moment before the block.
    const possible = ['201', '403 USER_BLOCKED', '403 UNAUTHORIZED_ACTION']
    for (const outcome of sent.map(inShort)) expect(possible).toContain(outcome)
  }
})

test('over sockets a message names its receiver or its conversation, and means the same', async () => {
  const { ana, ben } = await meet(system)
  const stranger = (await meet(system)).ana
  const bus = await connect(system)
  const write = (sender_id: string, to: { receiver_id?: string; conversation_id?: string }, message_type = 'text') =>
    bus.ask(
      SendDirectMessage,
      { sender_id, ...to, body: 'hi', message_type, client_msg_id: null },
      { timeoutMs: 10_000 }
    )
  await ask(ana, ben, 'one')

  const first = await write(ben.id, { receiver_id: ana.id })
  expect(first).toMatchObject({ ok: true, repeated: false, message: { seq: 2, receiver_id: ana.id } })
  const conversation_id = first.ok ? first.message.thread_id : ''
  expect(await write(ana.id, { conversation_id })).toMatchObject({ ok: true, message: { seq: 3 } })

  const refusals = [
    [ana.id, { conversation_id, receiver_id: stranger.id }, 'invalid_input'],
    [ana.id, {}, 'invalid_input'],
    [ana.id, { receiver_id: ana.id }, 'invalid_input'],
    [ana.id, { conversation_id: unknown }, 'conversation_not_found'],
    [stranger.id, { conversation_id }, 'unauthorized_action'],
    [stranger.id, { receiver_id: ana.id }, 'unauthorized_action'],
    [unknown, { receiver_id: ana.id }, 'user_not_found']
  ] as const
  for (const [sender, to, reason] of refusals) expect(await write(sender, to)).toMatchObject({ ok: false, reason })
  expect(await write(ana.id, { conversation_id }, 'video')).toMatchObject({ ok: false, reason: 'invalid_message_type' })
})
