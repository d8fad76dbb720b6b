import { AnswerLike, MatchCreated } from '@belay/contracts'
import { registerUser, useSharedSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect, deliver } from '../support/people.ts'
import {
  ask,
  befriend,
  block,
  cancel,
  inShort,
  meet,
  reads,
  expectRequestEvents,
  respond,
  send,
  textsOf,
  unblock,
  write
} from './pairs.ts'

const system = useSharedSystem()
const unknown = '0198a000-0000-7000-8000-000000000000'

test('a request waits for its receiver and opens nothing', async () => {
  const { ana, ben } = await meet(system)

  const sent = await ask(ana, ben, '  Shall we hike?  ')

  const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
  expect([sent.status, sent.body]).toEqual([
    201,
    {
      success: true,
      data: {
        request_id: uuid,
        message_id: uuid,
        message: 'Message request sent successfully',
        preview_text: 'Shall we hike?',
        status: 'pending'
      }
    }
  ])
  expect(inShort(await send(ana, ben))).toBe('403 UNAUTHORIZED_ACTION')
  await expectRequestEvents(system, ana, ben, ['sent'])
})

test('accepting opens the conversation with the text of the request, which its receiver has read', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  const { request_id, message_id } = (await ask(ana, ben, 'Shall we hike?')).body.data

  const accepted = await respond(ben, request_id, 'accept')

  const id = accepted.body.data.conversation_id
  expect([accepted.status, accepted.body.data]).toEqual([
    200,
    { message: 'Request accepted successfully', conversation_id: id, match_created: true, match_id: id }
  ])
  const [first] = await system.sql('select id, seq, message_type from chat.messages where thread_id = $1', [id])
  expect(first).toEqual({ id: message_id, seq: 1, message_type: 'text' })
  const marks = await system.sql('select last_read_seq from chat.members where thread_id = $1 and user_id = $2', [
    id,
    ben.id
  ])
  expect(marks).toEqual([{ last_read_seq: 1 }])
  expect([(await send(ana, ben)).status, (await send(ben, ana)).status]).toEqual([201, 201])
  expect(await textsOf(bus, id, ben)).toEqual(['Shall we hike?', 'hi', 'hi'])
  await expectRequestEvents(system, ana, ben, ['sent', 'accepted'])
})

test('a request is answered once, by its receiver alone, and cancelled by its sender alone', async () => {
  const { ana, ben } = await meet(system)
  const { request_id } = (await ask(ana, ben)).body.data

  expect(inShort(await respond(ana, request_id, 'accept'))).toBe('403 UNAUTHORIZED_ACTION')
  expect(inShort(await cancel(ben, request_id))).toBe('403 UNAUTHORIZED_ACTION')
  const declined = await respond(ben, request_id, 'decline')
  expect([declined.status, declined.body.data]).toEqual([200, { message: 'Request declined successfully' }])

  for (const answer of [
    await respond(ben, request_id, 'accept'),
    await cancel(ana, request_id),
    await respond(ben, unknown, 'accept'),
    await respond(ben, 'nonsense', 'accept')
  ]) {
    expect(inShort(answer)).toBe('404 REQUEST_NOT_FOUND')
  }
  await expectRequestEvents(system, ana, ben, ['sent', 'declined'])
})

test('after a decline or a cancellation a new request may be sent', async () => {
  const { ana, ben } = await meet(system)
  await respond(ben, (await ask(ana, ben)).body.data.request_id, 'decline')
  const second = (await ask(ana, ben)).body.data.request_id

  const cancelled = await cancel(ana, second)

  expect([cancelled.status, cancelled.body.data]).toEqual([200, { message: 'Request cancelled successfully' }])
  expect(inShort(await ask(ben, ana))).toBe('201 pending')
})

test.each([
  ['oneself', 400, 'VALIDATION_ERROR', 'self', 'hi'],
  ['an unknown person', 404, 'USER_NOT_FOUND', unknown, 'hi'],
  ['a malformed id', 400, 'VALIDATION_ERROR', 'nonsense', 'hi'],
  ['a blank text', 400, 'VALIDATION_ERROR', 'ben', ' \u200b '],
  ['more than 250 code points', 400, 'CONTENT_TOO_LONG', 'ben', 'x'.repeat(251)]
])('a request with %s is refused: %i %s', async (_what, status, code, receiver, content) => {
  const { ana, ben } = await meet(system)
  const receiver_id = receiver === 'self' ? ana.id : receiver === 'ben' ? ben.id : receiver

  expect(inShort(await ana.api.post('/api/v1/messages/request', { receiver_id, content }))).toBe(`${status} ${code}`)
})

test('250 code points are enough for a request, however long they are', async () => {
  const { ana, ben } = await meet(system)
  expect(inShort(await ask(ana, ben, '🧗'.repeat(250)))).toBe('201 pending')
})

test('a second request is refused while the first one waits, and in an open conversation', async () => {
  const { ana, ben } = await meet(system)
  const { request_id } = (await ask(ana, ben)).body.data
  expect(inShort(await ask(ana, ben))).toBe('409 MESSAGE_REQUEST_EXISTS')

  await respond(ben, request_id, 'accept')

  expect(inShort(await ask(ana, ben))).toBe('409 MESSAGE_REQUEST_EXISTS')
  expect(inShort(await ask(ben, ana))).toBe('409 MESSAGE_REQUEST_EXISTS')
})

test('a request to a person who has asked accepts theirs, and its text is the first reply', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  const first = (await ask(ana, ben, 'one')).body.data

  const { status, body } = await ask(ben, ana, 'two')

  const { conversation_id: id, match_id, message_id } = body.data
  expect([status, body.data.status, body.data.request_id, match_id]).toEqual([201, 'accepted', first.request_id, id])
  expect(message_id).not.toBe(first.message_id)
  expect(await textsOf(bus, id, ana)).toEqual(['one', 'two'])
  await expectRequestEvents(system, ana, ben, ['sent', 'accepted'])
})

test('a message to a person who has asked accepts their request and replies to it', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  await ask(ana, ben, 'one')

  const sent = await send(ben, ana, 'two')

  expect([sent.status, sent.body.data.seq]).toEqual([201, 2])
  expect(await textsOf(bus, sent.body.data.conversation_id, ana)).toEqual(['one', 'two'])
  await expectRequestEvents(system, ana, ben, ['sent', 'accepted'])
})

test('a like back accepts the request and gets the id of the pair, and no other like makes a match by itself', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  const like = (liker_id: string, liked_id: string, is_mutual = false) =>
    bus.ask(AnswerLike, { liker_id, liked_id, is_mutual }, { timeoutMs: 10_000 })
  expect(await like(ben.id, ana.id)).toEqual({ conversation_id: null })
  await ask(ana, ben, 'one')
  expect(await like(ana.id, ben.id)).toEqual({ conversation_id: null })

  const { conversation_id: id } = await like(ben.id, ana.id)

  expect(await textsOf(bus, id ?? '', ben)).toEqual(['one'])
  expect(await like(ben.id, ana.id)).toEqual({ conversation_id: null })
  expect(await like(ben.id, ana.id, true)).toEqual({ conversation_id: id })
})

test('a match answers the request that waits between the two', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  await ask(ana, ben, 'one')
  const { conversation_id } = await bus.ask(AnswerLike, { liker_id: ana.id, liked_id: ben.id, is_mutual: true })
  const match_id = conversation_id ?? ''
  const user_ids = [ana.id, ben.id]
  const created_at = new Date().toISOString()

  await deliver(bus, eventOf(MatchCreated, { match_id, user_ids, version: 1, actor_id: ana.id, created_at }))

  expect(await textsOf(bus, match_id, ben)).toEqual(['one'])
  await expectRequestEvents(system, ana, ben, ['sent', 'accepted'])
})

test('an accepted request begins an archived conversation again, where it ended', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  const match_id = await befriend(ana, ben, 'one')
  await ana.api.delete(`/api/v1/matches/${match_id}`)
  expect(inShort(await send(ana, ben))).toBe('403 UNAUTHORIZED_ACTION')

  const { request_id } = (await ask(ben, ana, 'Again?')).body.data
  const accepted = await respond(ana, request_id, 'accept')

  expect(accepted.body.data).toMatchObject({ conversation_id: match_id, match_created: true })
  expect(await textsOf(bus, match_id, ana)).toEqual(['one', 'Again?'])
})

test('a block cancels the request and refuses requests and messages until it is lifted', async () => {
  const { ana, ben } = await meet(system)
  await ask(ana, ben)

  await block(ben, ana)

  await expectRequestEvents(system, ana, ben, ['sent', 'cancelled'])
  for (const answer of [await ask(ana, ben), await ask(ben, ana), await send(ana, ben), await send(ben, ana)]) {
    expect(inShort(answer)).toBe('403 USER_BLOCKED')
  }
  await unblock(ben, ana)
  expect(inShort(await ask(ana, ben))).toBe('201 pending')
})

test('an erased account ends its requests', async () => {
  const { ana, ben } = await meet(system)
  const { request_id } = (await ask(ana, ben)).body.data

  await ana.api.delete('/api/users/me/', { password: ana.password })

  expect(inShort(await respond(ben, request_id, 'accept'))).toBe('404 REQUEST_NOT_FOUND')
  expect(inShort(await ask(ben, ana))).toBe('404 USER_NOT_FOUND')
  await expectRequestEvents(system, ana, ben, ['sent', 'cancelled'])
})

test('requests are listed with the other person, newest first, page by page', async () => {
  const { ana } = await meet(system)
  const others = [await registerUser(system), await registerUser(system), await registerUser(system)]
  const [first] = others
  await first?.api.patch('/api/users/me/', { birthdate: '1990-01-01', profile_photos: ['https://example.org/a.jpg'] })
  for (const other of others) await ask(other, ana, `from ${other.display_name}`)

  const one = await ana.api.get('/api/v1/messages/requests?limit=2')
  const two = await ana.api.get(`/api/v1/messages/requests?limit=2&cursor=${one.body.meta.pagination.cursor}`)

  const names = [one, two].map(({ body }) =>
    body.data.requests.map(({ sender }: { sender: { name: string } }) => sender.name)
  )
  expect(names).toEqual([[others[2]?.display_name, others[1]?.display_name], [first?.display_name]])
  expect([one.body.meta.pagination.hasMore, two.body.meta.pagination]).toEqual([true, { cursor: null, hasMore: false }])
  expect(two.body.data.requests[0]).toEqual({
    id: expect.any(String),
    message_id: expect.any(String),
    sender: {
      id: first?.id,
      name: first?.display_name,
      profile_photos: ['https://example.org/a.jpg'],
      age: expect.any(Number),
      is_online: false,
      last_active: null
    },
    preview_text: `from ${first?.display_name}`,
    status: 'pending',
    created_at: expect.stringMatching(/Z$/)
  })
  expect((await ana.api.get('/api/v1/messages/requests?cursor=nonsense')).status).toBe(400)
})

test('sent requests show their receiver, and those that are answered are listed by their status', async () => {
  const { ana, ben } = await meet(system)
  await respond(ben, (await ask(ana, ben)).body.data.request_id, 'decline')

  const pending = await ana.api.get('/api/v1/messages/requests?type=sent')
  const declined = await ana.api.get('/api/v1/messages/requests?type=sent&status=declined')

  expect(pending.body.data.requests).toEqual([])
  expect(declined.body.data.requests).toMatchObject([{ receiver: { id: ben.id }, status: 'declined' }])
  expect(declined.body.data.requests[0]).not.toHaveProperty('sender')
})

test('twenty requests of both at the same instant end in one conversation or one request', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? ask(ana, ben, `a${n}`) : ask(ben, ana, `b${n}`)))
  )

  const outcomes = answers.map(inShort).filter((outcome) => outcome.startsWith('201'))
  expect(outcomes.toSorted()).toEqual(['201 accepted', '201 pending'])
  const id = answers.find(({ body }) => body.data?.status === 'accepted')?.body.data.conversation_id
  expect(await textsOf(bus, id, ana)).toHaveLength(2)
  await expectRequestEvents(system, ana, ben, ['sent', 'accepted'])
})

test('of accepting, declining, cancelling and liking back at the same instant exactly one wins', async () => {
  const bus = await connect(system)
  const { ana, ben } = await meet(system)
  const verbs: string[] = []
  for (let round = 0; round < 50; round += 1) {
    const { request_id } = (await ask(ana, ben, `round ${round}`)).body.data
    const [accepted, declined, cancelled, liked] = await Promise.all([
      respond(ben, request_id, 'accept'),
      respond(ben, request_id, 'decline'),
      cancel(ana, request_id),
      bus.ask(AnswerLike, { liker_id: ben.id, liked_id: ana.id, is_mutual: false }, { timeoutMs: 10_000 })
    ])
    const wins = [accepted.status, declined.status, cancelled.status].filter((status) => status === 200).length
    expect(wins + (liked.conversation_id === null ? 0 : 1)).toBe(1)
    const isAccepted = accepted.status === 200 || liked.conversation_id !== null
    verbs.push('sent', isAccepted ? 'accepted' : declined.status === 200 ? 'declined' : 'cancelled')
    if (!isAccepted) continue
    const match_id = (accepted.body.data?.conversation_id ?? liked.conversation_id) as string
    expect((await ana.api.delete(`/api/v1/matches/${match_id}`)).status).toBe(200)
  }
  await expectRequestEvents(system, ana, ben, verbs)
})

test('of a block and an acceptance at the same instant the block is the last word', async () => {
  const bus = await connect(system)
  for (let round = 0; round < 10; round += 1) {
    const { ana, ben } = await meet(system)
    const { request_id } = (await ask(ana, ben)).body.data

    const [accepted, blocked] = await Promise.all([respond(ben, request_id, 'accept'), block(ana, ben)])

    expect(blocked.status).toBe(200)
    expect(['200', '404 REQUEST_NOT_FOUND']).toContain(inShort(accepted))
    expect(inShort(await send(ben, ana))).toBe('403 USER_BLOCKED')
    const id = accepted.body.data?.conversation_id
    if (id !== undefined) {
      expect(await reads(bus, id, ben)).toBe('not_a_member')
      expect(await write(bus, id, ana)).toBe('not_a_member')
    }
  }
})
