import { liveSubjects } from '@belay/contracts'
import { systemRuntime } from '@belay/kit'
import { describe, expect, test } from 'vitest'
import { type Client, closeClients, signIn, useGateways } from '../support/direct.ts'
import { numbersFrom } from '../support/sockets.ts'
import { joinThread, newMessagesOf, openThreadSocket } from '../support/thread-socket.ts'

const gateways = useGateways({ count: 2, env: { SUBSCRIPTION_CHECK_MS: '60000', TYPING_LASTS_MS: '500' } })
closeClients()

const { newId } = systemRuntime
const hereUrl = () => gateways.urls[0] ?? ''
const thereUrl = () => gateways.urls[1] ?? ''

const seqsOf = (client: Client) => client.all('new_message').map(({ seq }) => seq)
const untilSeq = (client: Client, seq: number) => client.next('new_message', (data) => data['seq'] === seq)

/** Two people with an open conversation, one on each gateway. */
async function converse() {
  const [anaId, benId] = [newId(), newId()]
  const conversation = gateways.chat.converse(anaId, benId)
  const [ana, ben] = await Promise.all([
    signIn(hereUrl(), await gateways.chat.sign(anaId)),
    signIn(thereUrl(), await gateways.chat.sign(benId))
  ])
  // Answered by the stand-in, to which the gateway has spoken after it began to listen.
  for (const client of [ana, ben]) await client.ask('mark_read', { message_id: newId() })
  return { anaId, benId, ana, ben, conversation }
}

describe('send_message', () => {
  test('is acknowledged as REST answers it, and reaches every socket of both, the sender’s too', async () => {
    const { anaId, benId, ana, ben, conversation } = await converse()
    const second = await signIn(thereUrl(), await gateways.chat.sign(anaId))
    const answer = await ana.ask('send_message', {
      conversation_id: conversation.id,
      content: 'Hello',
      message_type: 'text',
      client_msg_id: 'one'
    })
    const [stored] = conversation.log
    expect(answer).toEqual({
      success: true,
      data: {
        message_id: stored?.id,
        conversation_id: conversation.id,
        message: 'Message sent successfully',
        created_at: stored?.created_at,
        seq: 1
      }
    })
    for (const client of [ana, ben, second]) {
      expect(await untilSeq(client, 1)).toEqual({
        message_id: stored?.id,
        conversation_id: conversation.id,
        sender_id: anaId,
        receiver_id: benId,
        content: 'Hello',
        message_type: 'text',
        created_at: stored?.created_at,
        seq: 1,
        client_msg_id: 'one'
      })
    }
  })

  test('by its receiver alone goes to the open conversation with them, without another question', async () => {
    const { benId, ana, ben } = await converse()
    const before = gateways.chat.asked.get('send-direct-message') ?? 0
    expect(await ana.ask('send_message', { receiver_id: benId, content: '🧗', message_type: 'emoji' })).toMatchObject({
      success: true
    })
    expect(await untilSeq(ben, 1)).toMatchObject({ message_type: 'emoji', content: '🧗' })
    expect(gateways.chat.asked.get('send-direct-message') ?? 0).toBe(before)
  })

  test('keeps the order of one client, also of what the chat has to decide', async () => {
    const { ana, ben, conversation } = await converse()
    const types = ['text', 'image', 'emoji', 'text', 'image', 'text']
    for (const [index, message_type] of types.entries()) {
      ana.raw.emit('send_message', {
        conversation_id: conversation.id,
        content: `https://x.example/${index}`.slice(-20),
        message_type
      })
    }
    await untilSeq(ben, types.length)
    expect(ben.all('new_message').map(({ content }) => String(content).slice(-1))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5'
    ])
  })

  test('repeated with its client_msg_id has the first answer and is delivered once', async () => {
    const { ana, ben, conversation } = await converse()
    const message = { conversation_id: conversation.id, content: 'once', client_msg_id: 'same' }
    const first = await ana.ask('send_message', message)
    expect(await ana.ask('send_message', message)).toEqual(first)
    await ana.ask('send_message', { conversation_id: conversation.id, content: 'next' })
    for (const client of [ana, ben]) {
      await untilSeq(client, 2)
      expect(seqsOf(client)).toEqual([1, 2])
    }
  })

  test.each(['user_blocked', 'unauthorized_action', 'conversation_not_found'] as const)(
    'that the chat refuses (%s) fails with the code of REST, also in a conversation that was open',
    async (reason) => {
      const { ana, conversation } = await converse()
      gateways.chat.refusal = { reason, detail: 'No' }
      conversation.active = false
      const failure = { success: false, error: { code: reason.toUpperCase(), message: 'No' } }
      expect(await ana.ask('send_message', { conversation_id: conversation.id, content: 'x' })).toEqual(failure)
      expect(await ana.ask('send_message', { receiver_id: newId(), content: 'x' })).toEqual(failure)
      ana.raw.emit('send_message', { receiver_id: newId(), content: 'x' })
      expect(await ana.next('error_event')).toEqual({ event: 'send_message', ...failure.error })
    }
  )

  test.each([
    [{ content: 'x'.repeat(2_001) }, 'CONTENT_TOO_LONG'],
    [{ content: 'x', message_type: 'video' }, 'INVALID_MESSAGE_TYPE'],
    [{ content: '  ' }, 'VALIDATION_ERROR'],
    [{ content: 'x', conversation_id: null }, 'VALIDATION_ERROR']
  ])('%j fails with %s', async (message, code) => {
    const { ana, conversation } = await converse()
    const answer = await ana.ask('send_message', { conversation_id: conversation.id, ...message })
    expect(answer).toMatchObject({ success: false, error: { code } })
  })

  test('that cannot be confirmed fails with SERVICE_UNAVAILABLE', async () => {
    const { ana, conversation } = await converse()
    gateways.chat.failing.add('append-messages')
    const answer = await ana.ask('send_message', { conversation_id: conversation.id, content: 'x' })
    gateways.chat.failing.clear()
    expect(answer).toMatchObject({ success: false, error: { code: 'SERVICE_UNAVAILABLE' } })
  })
})

describe('messages', () => {
  test('of any door arrive once and in order, also those whose signal was lost', async () => {
    const { anaId, ana, ben, conversation } = await converse()
    const { chat } = gateways
    for (const n of numbersFrom(1, 40)) chat.write(conversation, anaId, `message ${n}`, { silent: n % 3 === 0 })
    chat.write(conversation, anaId, 'the last one')
    for (const client of [ana, ben]) {
      await untilSeq(client, 41)
      expect(seqsOf(client)).toEqual(numbersFrom(1, 41))
    }
  })

  test('written while a client joins its conversations are found by themselves', async () => {
    const [anaId, benId] = [newId(), newId()]
    const conversation = gateways.chat.converse(anaId, benId)
    const client = await signIn(hereUrl(), await gateways.chat.sign(anaId))
    gateways.chat.write(conversation, benId, 'in between', { silent: true })
    expect(await untilSeq(client, 1)).toMatchObject({ content: 'in between' })
  })

  test('are the same in a thread that another door’s socket has joined', async () => {
    const { benId, ana, conversation } = await converse()
    const socket = await openThreadSocket({ url: hereUrl() }, { id: benId, token: await gateways.chat.sign(benId) })
    await joinThread(socket, conversation.id)
    await ana.ask('send_message', { conversation_id: conversation.id, content: 'to both' })
    const shown = await untilSeq(ana, 1)
    await socket.next((frame) => frame['type'] === 'new_message')
    expect(newMessagesOf(socket)).toMatchObject([
      { thread_id: conversation.id, message: { id: shown['message_id'], seq: 1, body: 'to both' } }
    ])
    socket.close()
  })

  test('missed by a client that was away are recovered from the last one that it has', async () => {
    const { anaId, ana, ben, conversation } = await converse()
    const { chat } = gateways
    const last = chat.write(conversation, anaId, 'before')
    await untilSeq(ben, 1)
    ben.raw.io.engine.close()
    await ben.disconnected
    for (const n of numbersFrom(1, 120)) chat.write(conversation, anaId, `missed ${n}`)
    ben.raw.connect()
    await ben.next('authenticated', () => ben.all('authenticated').length === 2)
    const ask = { conversation_id: conversation.id, after_message_id: last.id }
    const answer = await ben.ask('recover', ask)
    expect(answer).toMatchObject({ success: true, meta: { pagination: { cursor: null, hasMore: false } } })
    expect(answer['data']).toMatchObject({
      messages: numbersFrom(2, 121).map((seq) => ({ seq, conversation_id: conversation.id }))
    })
    await ana.ask('send_message', { conversation_id: conversation.id, content: 'live again' })
    await untilSeq(ben, 122)
    expect(seqsOf(ben)).toEqual([1, 122])
    const unknown = await ben.ask('recover', { ...ask, after_message_id: newId() })
    expect(unknown).toMatchObject({ success: false, error: { code: 'MESSAGE_NOT_FOUND' } })
  })

  test('come as events to a client that recovers without an acknowledgement', async () => {
    const { anaId, ben, conversation } = await converse()
    const first = gateways.chat.write(conversation, anaId, 'one')
    gateways.chat.write(conversation, anaId, 'two')
    await untilSeq(ben, 2)
    ben.raw.emit('recover', { conversation_id: conversation.id, after_message_id: first.id })
    await ben.next('new_message', () => seqsOf(ben).length === 3)
    expect(seqsOf(ben)).toEqual([1, 2, 2])
  })
})

describe('a conversation that opens later', () => {
  const open = (userId: string, conversation_id: string, peer_id: string, after_seq?: number) =>
    gateways.chat.bus.publishLive(liveSubjects.contact(userId), {
      kind: 'conversation_opened',
      conversation_id,
      peer_id,
      ...(after_seq !== undefined && { after_seq })
    })

  test('is joined by every socket from its first message that is new', async () => {
    const { anaId, benId, ana, ben, conversation } = await converse()
    const third = newId()
    const reopened = gateways.chat.converse(anaId, third)
    for (const n of numbersFrom(1, 60)) gateways.chat.write(reopened, third, `old ${n}`)
    gateways.chat.write(reopened, third, 'new')
    open(anaId, reopened.id, third, 60)
    expect(await ana.next('new_message')).toMatchObject({ conversation_id: reopened.id, content: 'new', seq: 61 })

    const begun = gateways.chat.converse(benId, third)
    gateways.chat.write(begun, third, 'a request')
    gateways.chat.write(begun, benId, 'its reply')
    open(benId, begun.id, third)
    await untilSeq(ben, 2)
    expect(ben.all('new_message').map(({ content }) => content)).toEqual(['a request', 'its reply'])
    open(benId, conversation.id, anaId)
    await ana.ask('send_message', { conversation_id: conversation.id, content: 'still once' })
    await ben.next('new_message', ({ content }) => content === 'still once')
    expect(ben.all('new_message')).toHaveLength(3)
  })

  test('is reset where it is not known what is new', async () => {
    const { anaId, ana } = await converse()
    const third = newId()
    const conversation = gateways.chat.converse(anaId, third)
    for (const n of numbersFrom(1, 60)) gateways.chat.write(conversation, third, `old ${n}`)
    open(anaId, conversation.id, third)
    expect(await ana.next('reset')).toMatchObject({
      conversation_id: conversation.id,
      thread_id: conversation.id,
      last_seq: 60
    })
  })

  test('and one that closes is left: nothing of it can be typed', async () => {
    const { anaId, ana, conversation } = await converse()
    gateways.chat.bus.publishLive(liveSubjects.contact(anaId), {
      kind: 'conversation_closed',
      conversation_id: conversation.id
    })
    await expect
      .poll(() => ana.ask('typing_start', { conversation_id: conversation.id }))
      .toMatchObject({ success: false, error: { code: 'CONVERSATION_NOT_FOUND' } })
  })
})

describe('signals', () => {
  test('typing reaches the other person alone and ends by itself', async () => {
    const { anaId, ana, ben, conversation } = await converse()
    const conversation_id = conversation.id
    expect(await ana.ask('typing_start', { conversation_id })).toEqual({ success: true, data: {} })
    await ben.next('user_typing', ({ is_typing }) => is_typing === false)
    expect(ben.all('user_typing')).toEqual([
      { conversation_id, user_id: anaId, is_typing: true },
      { conversation_id, user_id: anaId, is_typing: false }
    ])
    expect(ana.all('user_typing')).toEqual([])
  })

  test('typing is limited for each person and conversation, on all gateways together', async () => {
    const { anaId, benId, ana, ben, conversation } = await converse()
    const elsewhere = await signIn(thereUrl(), await gateways.chat.sign(anaId))
    const conversation_id = conversation.id
    const shown = () => ben.all('user_typing').filter(({ user_id, is_typing }) => user_id === anaId && is_typing)
    for (const n of numbersFrom(1, 6)) {
      await ana.ask('typing_start', { conversation_id })
      await expect.poll(shown).toHaveLength(n)
    }
    for (const _ of numbersFrom(1, 4)) {
      expect(await elsewhere.ask('typing_start', { conversation_id })).toMatchObject({ success: true })
    }
    const refused = { success: false, error: { code: 'RATE_LIMIT_EXCEEDED' } }
    expect(await elsewhere.ask('typing_start', { conversation_id })).toMatchObject(refused)
    await expect.poll(shown).toHaveLength(10)
    expect(await ana.ask('typing_start', { conversation_id })).toMatchObject(refused)
    expect(await ben.ask('typing_start', { conversation_id })).toMatchObject({ success: true })
    const other = gateways.chat.converse(anaId, benId)
    gateways.chat.bus.publishLive(liveSubjects.contact(anaId), {
      kind: 'conversation_opened',
      conversation_id: other.id,
      peer_id: benId
    })
    await expect.poll(() => ana.ask('typing_start', { conversation_id: other.id })).toMatchObject({ success: true })
  })

  test('message_read goes to those who may see it; the reader is acknowledged', async () => {
    const { anaId, benId, ana, ben, conversation } = await converse()
    const message = gateways.chat.write(conversation, anaId, 'read me')
    const answer = await ben.ask('mark_read', { message_id: message.id })
    expect(answer).toEqual({ success: true, data: { message: 'Message marked as read', read_at: expect.any(String) } })
    expect(await ana.next('message_read')).toEqual({
      message_id: message.id,
      conversation_id: conversation.id,
      read_by: benId,
      read_at: expect.any(String)
    })
    await ben.ask('typing_start', { conversation_id: conversation.id })
    expect(ben.all('message_read')).toEqual([])
    expect(await ben.ask('mark_read', { message_id: newId() })).toMatchObject({ error: { code: 'MESSAGE_NOT_FOUND' } })
  })

  test('people with an active conversation come online and go offline', async () => {
    const { anaId, benId, ana } = await converse()
    const presence = { kind: 'presence', user_id: benId, last_active: '2026-11-20T10:00:00.000Z' } as const
    for (const online of [true, false]) {
      gateways.chat.bus.publishLive(liveSubjects.contact(anaId), { ...presence, online })
    }
    expect(await ana.next('user_online')).toEqual({ user_id: benId })
    expect(await ana.next('user_offline')).toEqual({ user_id: benId, last_active: presence.last_active })
  })

  test('a new notification arrives on every socket of its person', async () => {
    const { anaId, ana } = await converse()
    const notification = {
      id: newId(),
      type: 'match_created',
      title: 'A match',
      message: 'You match',
      action_url: '/matches',
      actor: null,
      data: {},
      is_read: false,
      created_at: '2026-11-20T10:00:00.000Z',
      read_at: null
    } as const
    gateways.chat.bus.publishLive(liveSubjects.user(anaId), { kind: 'notification', notification })
    expect(await ana.next('notification')).toEqual(notification)
  })
})
