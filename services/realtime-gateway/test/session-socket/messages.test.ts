import { makePlan, openSessionSocket, useSharedSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { isMessage, messagesOf, openJoined, seqsOf } from '../support/sockets.ts'

const system = useSharedSystem()

test('a message reaches both people, the sender by the same frame', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const [sender, reader] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])

  sender.send({ type: 'message', content: '  Hello, climbing partner! 🧗 ', client_msg_id: 'first' })

  const echo = await sender.next(isMessage(1))
  expect(echo).toEqual({
    type: 'message',
    message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    content: 'Hello, climbing partner! 🧗',
    sender_id: inviter.id,
    sender_name: inviter.display_name,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    seq: 1,
    client_msg_id: 'first'
  })
  expect(await reader.next(isMessage(1))).toEqual(echo)
  const { results } = (await invitee.api.get(`${path}messages/`)).body
  expect(results).toMatchObject([{ id: echo['message_id'], seq: 1, body: 'Hello, climbing partner! 🧗' }])
})

test('a message over HTTP reaches the sockets too, without a client_msg_id as null', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const reader = await openJoined(system, sessionId, invitee.token)
  await inviter.api.post(`${path}messages/`, { body: 'over HTTP' })
  expect(await reader.next(isMessage(1))).toMatchObject({ content: 'over HTTP', client_msg_id: null })
})

test('a repeated client_msg_id is stored once, and its echo goes to its sender alone', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const [sender, reader] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])
  sender.send({ type: 'message', content: 'once', client_msg_id: 'same' })
  const first = await sender.next(isMessage(1))

  sender.send({ type: 'message', content: 'once more', client_msg_id: 'same' })
  sender.send({ type: 'message', content: 'next', client_msg_id: 'other' })
  await sender.next(() => messagesOf(sender).length === 3)
  await reader.next(isMessage(2))

  expect(messagesOf(sender).filter((frame) => frame['client_msg_id'] === 'same')).toEqual([first, first])
  expect(seqsOf(reader)).toEqual([1, 2])
})

test('what one socket sends at once keeps its order', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openJoined(system, sessionId, inviter.token)
  const contents = Array.from({ length: 90 }, (_, index) => `message ${index}`)
  for (const content of contents) socket.send({ type: 'message', content })
  await socket.next(isMessage(90))
  expect(messagesOf(socket).map((frame) => frame['content'])).toEqual(contents)
})

describe('a bad frame gets an error to its sender alone, and the socket stays open', () => {
  const frames: [string, string | Buffer | object, object][] = [
    ['text that is not JSON', 'hello', {}],
    ['a JSON array', '[]', {}],
    ['a JSON null', 'null', {}],
    ['no type', {}, {}],
    ['an unknown type', { type: 'shout' }, {}],
    ['a binary frame', Buffer.from('{"type":"typing","is_typing":true}'), {}],
    ['no content', { type: 'message' }, {}],
    ['blank content', { type: 'message', content: ' \n ', client_msg_id: 'x' }, { client_msg_id: 'x' }],
    ['content that is a number', { type: 'message', content: 5 }, {}],
    ['content over 2,000 code points', { type: 'message', content: '🧗'.repeat(2001) }, {}],
    ['a NUL', { type: 'message', content: 'a\u0000b' }, {}],
    ['a lone surrogate', { type: 'message', content: 'a\ud800b' }, {}],
    ['a client_msg_id over 64', { type: 'message', content: 'hi', client_msg_id: 'x'.repeat(65) }, {}],
    ['typing that is a text', { type: 'typing', is_typing: 'true' }, {}],
    ['500 levels of nesting', `${'['.repeat(500)}${']'.repeat(500)}`, {}],
    ['a prototype', '{"__proto__":{"type":"message","content":"hi"}}', {}]
  ]

  test.each(frames)('%s', async (_name, bad, also) => {
    const { inviter, invitee, sessionId } = await makePlan(system)
    const [sender, reader] = await Promise.all([
      openSessionSocket(system, sessionId, inviter.token),
      openJoined(system, sessionId, invitee.token)
    ])

    sender.send(bad)
    sender.send({ type: 'message', content: '🧗'.repeat(2000) })

    await sender.next(isMessage(1))
    await reader.next(isMessage(1))
    expect(sender.frames[0]).toEqual({ type: 'error', code: 'VALIDATION_ERROR', detail: expect.any(String), ...also })
    expect(reader.frames.filter((frame) => frame['type'] === 'error')).toHaveLength(1)
  })
})

test('a closed session gets SESSION_CLOSED, naming the status, and stays readable', async () => {
  const { inviter, invitee, sessionId, path } = await makePlan(system)
  const socket = await openJoined(system, sessionId, inviter.token)
  await invitee.api.post(`${path}decline/`, { message: 'Sorry' })

  socket.send({ type: 'message', content: 'But why?', client_msg_id: 'late' })

  const refused = await socket.next((frame) => frame['code'] === 'SESSION_CLOSED')
  expect(refused).toMatchObject({ detail: expect.stringContaining('declined'), client_msg_id: 'late' })
  expect(messagesOf(socket)).toMatchObject([{ content: 'Sorry', sender_id: invitee.id }])
  const reader = await openJoined(system, sessionId, invitee.token, { afterSeq: 0 })
  expect(await reader.next(isMessage(1))).toMatchObject({ content: 'Sorry' })
})

test('more than 100 waiting messages are refused one by one, and none of the others is lost', async () => {
  const { inviter, sessionId } = await makePlan(system)
  const socket = await openJoined(system, sessionId, inviter.token)
  for (let n = 0; n < 400; n += 1) socket.send({ type: 'message', content: `m ${n}`, client_msg_id: String(n) })

  const answered = () => socket.frames.filter((frame) => frame['client_msg_id'] !== undefined)
  await socket.next(() => answered().length === 400)

  const refused = answered().filter((frame) => frame['type'] === 'error')
  expect(new Set(refused.map((frame) => frame['code']))).toEqual(new Set(['TOO_MANY_PENDING_MESSAGES']))
  expect(messagesOf(socket)).toHaveLength(400 - refused.length)
  expect(new Set(answered().map((frame) => frame['client_msg_id'])).size).toBe(400)
})

test('a frame above 64 KiB closes its socket with 1009 and no other', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const [sender, reader] = await Promise.all([
    openJoined(system, sessionId, inviter.token),
    openJoined(system, sessionId, invitee.token)
  ])
  sender.send('x'.repeat(64 * 1024 + 1))
  expect((await sender.closed).code).toBe(1009)
  reader.send({ type: 'message', content: 'still here' })
  await reader.next(isMessage(1))
})
