import { randomUUID } from 'node:crypto'
import {
  collectEvents,
  eventually,
  invitation,
  invite,
  type Json,
  logIn,
  openSocket,
  type TestUser,
  useSystem
} from '@belay/testing'
import { expect, test } from 'vitest'
import {
  conversationsOf,
  dataOf,
  like,
  makeCouple,
  messagesOf,
  refusalOf,
  registerTwo,
  request,
  send
} from './lib/couple.ts'
import { connect } from './lib/socket-io.ts'

const system = useSystem({ ownProcesses: ['chat'], env: { RATE_LIMITS: 'off' } })

test.each([
  {
    rule: 'liking back',
    first: (one: TestUser, other: TestUser) => like(one, other),
    second: async (one: TestUser, other: TestUser) => expect(await like(other, one)).toMatchObject({ matched: true })
  },
  {
    rule: 'accepting a message request',
    first: (one: TestUser, other: TestUser) => request(one, other),
    second: async (_one: TestUser, other: TestUser, { request_id }: Json) =>
      dataOf(await other.api.post(`/api/v1/messages/request/${request_id}/respond`, { action: 'accept' }))
  },
  {
    rule: 'replying to a message request',
    first: (one: TestUser, other: TestUser) => request(one, other),
    second: (one: TestUser, other: TestUser) => send(other, one, 'Sure!')
  },
  {
    rule: 'liking the sender of a message request',
    first: (one: TestUser, other: TestUser) => request(one, other),
    second: async (one: TestUser, other: TestUser) => expect(await like(other, one)).toMatchObject({ matched: true })
  }
])('$rule makes one match, and opens its conversation to both', async ({ first, second }) => {
  const [one, other] = await registerTwo(system)
  const began = await first(one, other)
  expect(await conversationsOf(one)).toEqual([])
  await second(one, other, began)

  const [match] = dataOf(await one.api.get('/api/v1/matches')).matches
  expect(match).toMatchObject({ user: { id: other.id } })
  for (const person of [one, other]) {
    expect(dataOf(await person.api.get('/api/v1/matches')).matches).toMatchObject([{ match_id: match.match_id }])
    expect(await conversationsOf(person)).toMatchObject([{ id: match.match_id }])
  }
  await eventually(async () => {
    const created = await collectEvents(system, 'belay.evt.people.match.created.v1')
    expect(created.filter(({ data }) => data['match_id'] === match.match_id)).toHaveLength(1)
  })
})

test('a message sent over HTTP reaches every socket of both people, of either kind, under one id and seq', async () => {
  const { one, other, id } = await makeCouple(system)
  const connections = [await connect(system, one), await connect(system, other)]
  const raw = await openSocket(`${system.url.replace(/^http/, 'ws')}/ws/${other.id}?token=${other.token}`)
  raw.send({ type: 'join_thread', thread_id: id })
  await raw.next((frame) => frame['type'] === 'joined_thread')

  const sent = await send(one, other, 'See you on Saturday?')

  const expected = { message_id: sent.message_id, seq: sent.seq }
  for (const connection of connections) {
    const isIt = ({ message_id }: { message_id: string }) => message_id === sent.message_id
    expect(await connection.next('new_message', isIt)).toMatchObject({ ...expected, conversation_id: id })
  }
  const { message } = await raw.next((frame) => frame['type'] === 'new_message')
  expect(message).toMatchObject({ id: sent.message_id, seq: sent.seq, body: 'See you on Saturday?' })
  expect(await messagesOf(other, id)).toMatchObject([{ id: sent.message_id, seq: sent.seq }])
})

test('a block is in effect at once, in both directions and everywhere, until it is lifted', async () => {
  const { one, other, id } = await makeCouple(system)
  const witness = await makeCouple(system)
  await like(witness.one, one)
  await like(one, witness.one)
  await send(one, other, 'Before the block')
  const sessionId = await invite({ inviter: one, invitee: other })
  const atOne = await connect(system, one)
  const atOther = await connect(system, other)
  const atWitness = await connect(system, witness.one)

  expect(dataOf(await one.api.post(`/api/v1/users/${other.id}/block`, { reason: 'spam' }))).toEqual({
    message: 'User blocked successfully'
  })

  for (const [from, to, connection] of [
    [one, other, atOne],
    [other, one, atOther]
  ] as const) {
    const toThem = { receiver_id: to.id, content: 'After the block' }
    const calls = await Promise.all([
      from.api.post('/api/v1/messages/send', toThem),
      from.api.post('/api/v1/messages/request', toThem),
      from.api.post(`/api/v1/users/${to.id}/like`),
      from.api.get(`/api/v1/conversations/${id}/messages`)
    ])
    expect(calls.map(refusalOf)).toEqual(Array.from({ length: 4 }, () => [403, 'USER_BLOCKED']))
    for (const [event, data] of [
      ['send_message', { conversation_id: id, content: 'After the block' }],
      ['typing_start', { conversation_id: id }],
      ['recover', { conversation_id: id, after_message_id: randomUUID() }]
    ] as const) {
      expect({ event, ...(await connection.ask(event, data)) }).toMatchObject({ event, success: false })
    }
    expect(await conversationsOf(from)).not.toContainEqual(expect.objectContaining({ id }))
    const { users } = dataOf(await from.api.get('/api/v1/discovery?limit=100'))
    expect(users).not.toContainEqual(expect.objectContaining({ id: to.id }))
    expect((await from.api.get(`/api/users/${to.id}/`)).status).toBe(404)
    expect((await from.api.post('/api/sessions/', await invitation(from, to))).status).toBe(404)
    expect((await from.api.get(`/api/sessions/${sessionId}/`)).body).toMatchObject({ status: 'cancelled' })
  }
  atOne.close()
  await atWitness.next('user_offline', ({ user_id }) => user_id === one.id)
  expect(atOther.received('user_offline')).toEqual([])
  expect(atOther.received('user_typing')).toEqual([])
  expect(atOther.received('new_message').filter(({ content }) => content === 'After the block')).toEqual([])

  dataOf(await one.api.delete(`/api/v1/users/${other.id}/block`))

  for (const person of [one, other]) {
    expect(await messagesOf(person, id)).toMatchObject([{ content: 'Before the block' }])
    expect(await conversationsOf(person, 'archived')).toMatchObject([{ id }])
  }
  const again = await request(other, one)
  dataOf(await one.api.post(`/api/v1/messages/request/${again.request_id}/respond`, { action: 'accept' }))
  expect(await send(one, other, 'Friends again')).toMatchObject({ conversation_id: id })
}, 60_000)

test('a report reaches the administrators with what the reported person wrote to the reporter', async () => {
  const { one, other } = await makeCouple(system)
  await send(other, one, 'Buy my course!')
  await send(one, other, 'No, thank you')

  const { report_id } = dataOf(await one.api.post(`/api/v1/users/${other.id}/report`, { reason: 'spam' }))

  const admin = await logIn(system, system.admin)
  const { results } = (await admin.api.get('/api/admin/reports/')).body
  const report = results.find(({ id }: { id: string }) => id === report_id)
  expect(report).toMatchObject({ reason: 'spam', status: 'pending', reported: { id: other.id } })
  expect(report.context).toMatchObject([{ content: 'Buy my course!' }])
})

test('an answer to a message request that kills the chat on its way is given once', async () => {
  const [one, other] = await registerTwo(system)
  const { request_id, message_id } = await request(one, other)
  const accept = () =>
    other.api.post(
      `/api/v1/messages/request/${request_id}/respond`,
      { action: 'accept' },
      { 'idempotency-key': request_id }
    )

  const interrupted = accept().catch(() => undefined)
  await system.kill('chat')
  await interrupted
  await system.restart('chat')

  const accepted = await eventually(async () => dataOf(await accept()))
  expect(await messagesOf(one, accepted.conversation_id)).toMatchObject([
    { id: message_id, seq: 1, is_request: true, request_status: 'accepted' }
  ])
  for (const person of [one, other]) {
    expect(dataOf(await person.api.get('/api/v1/matches')).matches).toMatchObject([{ match_id: accepted.match_id }])
  }
}, 60_000)

test('a client that was away recovers what it missed, and gets what follows once', async () => {
  const { one, other, id } = await makeCouple(system)
  const before = await connect(system, other)
  const first = await send(one, other, 'first')
  await before.next('new_message')
  before.close()
  for (const content of ['second', 'third']) await send(one, other, content)

  const back = await connect(system, other)
  const recovered = await back.ask('recover', { conversation_id: id, after_message_id: first.message_id })
  const last = await send(one, other, 'fourth')

  expect(recovered).toMatchObject({ success: true, data: { messages: [{ content: 'second' }, { content: 'third' }] } })
  await back.next('new_message', ({ message_id }) => message_id === last.message_id)
  expect(back.received('new_message').map(({ content }) => content)).toEqual(['fourth'])
})

test('people with an active conversation see each other come online and go offline, and others do not', async () => {
  const { one, other } = await makeCouple(system)
  const stranger = await makeCouple(system)
  const [watching, elsewhere] = [await connect(system, one), await connect(system, stranger.one)]

  const arriving = await connect(system, other)
  await watching.next('user_online', ({ user_id }) => user_id === other.id)
  const isOnline = async () => (await conversationsOf(one))[0].user.is_online
  expect(await isOnline()).toBe(true)

  arriving.close()
  const gone = await watching.next('user_offline', ({ user_id }) => user_id === other.id)
  expect(gone.last_active).toMatch(/Z$/)
  expect(await isOnline()).toBe(false)
  expect([...elsewhere.received('user_online'), ...elsewhere.received('user_offline')]).toEqual([])
})
