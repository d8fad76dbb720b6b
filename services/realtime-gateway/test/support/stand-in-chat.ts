import { type Bus, connectBus } from '@belay/bus'
import {
  AppendMessages,
  CheckSubscriptions,
  JoinConversations,
  JoinThread,
  ListMessagesAfter,
  ListMissedMessages,
  ListSigningKeys,
  liveSubjects,
  type LogStamp,
  MarkMessageRead,
  type Message,
  type MessageType,
  type QuestionOutput,
  SendDirectMessage
} from '@belay/contracts'
import { createLogger, systemRuntime } from '@belay/kit'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const { newId } = systemRuntime
const epoch = 'the-first-epoch'

interface Conversation {
  id: string
  people: readonly [string, string]
  active: boolean
  log: Message[]
}

/** What the gateway asks of the other services, and what they signal, for two people who write to each other. */
export interface StandIn {
  bus: Bus
  conversations: Map<string, Conversation>
  /** Answers `send_message` to what is no open conversation; by default there is none. */
  refusal: { reason: 'user_blocked' | 'unauthorized_action' | 'conversation_not_found'; detail: string }
  /** Questions by name that are to fail. */
  failing: Set<string>
  /** Messages that gateways send are stored without a live signal. */
  silent: boolean
  /** What `append-messages` waits for before it answers; the messages are stored by then. */
  answersAfter: Promise<unknown> | undefined
  /** How often each question was asked. */
  asked: Map<string, number>
  converse(one: string, other: string): Conversation
  /** Writes a message as HTTP would. `silent`: its live signal is lost. */
  write(conversation: Conversation, senderId: string, body: string, options?: { silent?: boolean }): Message
  /** Signals messages of any conversations as those of one commit. */
  signal(...messages: readonly Message[]): void
  sign(userId: string, options?: { expiresInMs?: number; signInId?: string }): Promise<string>
  close(): Promise<void>
}

export async function startStandIn(natsUrl: string): Promise<StandIn> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const bus = await connectBus({ url: natsUrl, name: 'stand-in', log })
  const { publicKey, privateKey } = await generateKeyPair('EdDSA')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }
  const conversations = new Map<string, Conversation>()
  const stamp: LogStamp = { epoch, members_version: 0 }

  const standIn: StandIn = {
    bus,
    conversations,
    refusal: { reason: 'conversation_not_found', detail: 'Conversation not found' },
    failing: new Set(),
    silent: false,
    answersAfter: undefined,
    asked: new Map(),
    converse(one, other) {
      const conversation: Conversation = { id: newId(), people: [one, other], active: true, log: [] }
      conversations.set(conversation.id, conversation)
      return conversation
    },
    write: (conversation, senderId, body, { silent = false } = {}) => {
      const message = append(conversation, { sender_id: senderId, body })
      if (!silent) signal(message)
      return message
    },
    signal,
    sign: (userId, { expiresInMs = 900_000, signInId = newId() } = {}) =>
      new SignJWT({ sub: userId, sid: signInId, jti: newId(), iss: 'belay', aud: 'belay' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
        .setIssuedAt()
        .setExpirationTime(new Date(Date.now() + expiresInMs))
        .sign(privateKey),
    close: () => bus.close()
  }

  function append(
    { id, people, log: messages }: Conversation,
    {
      sender_id,
      body,
      ...rest
    }: Pick<Message, 'sender_id' | 'body'> & { type?: MessageType; client_msg_id?: string | null }
  ): Message {
    const message: Message = {
      id: newId(),
      thread_id: id,
      seq: messages.length + 1,
      kind: 'user',
      sender_id,
      sender_name: 'A person',
      body,
      client_msg_id: rest.client_msg_id ?? null,
      created_at: new Date().toISOString(),
      message_type: rest.type ?? 'text',
      ...peerOf(people, sender_id ?? '')
    }
    messages.push(message)
    return message
  }

  function signal(...messages: readonly Message[]): void {
    const byThread = Map.groupBy(messages, ({ thread_id }) => thread_id)
    const threads = [...byThread].map(([thread_id, ofThread]) => ({ thread_id, messages: ofThread, stamp }))
    bus.publishLive(liveSubjects.log, { kind: 'messages', threads })
  }

  function store(conversation: Conversation, message: Parameters<typeof append>[1]) {
    const known = conversation.log.find(
      ({ client_msg_id, sender_id }) =>
        client_msg_id !== null && client_msg_id === message.client_msg_id && sender_id === message.sender_id
    )
    if (known !== undefined) return { ok: true as const, repeated: true, message: known, stamp }
    const stored = append(conversation, message)
    if (!standIn.silent) signal(stored)
    return { ok: true as const, repeated: false, message: stored, stamp }
  }

  function count(name: string): void {
    standIn.asked.set(name, (standIn.asked.get(name) ?? 0) + 1)
    if (standIn.failing.has(name)) throw new Error(`${name} fails`)
  }

  const isIn = (userId: string, conversation: Conversation | undefined) =>
    conversation?.people.includes(userId) === true

  await bus.answer(ListSigningKeys, async (): Promise<QuestionOutput<typeof ListSigningKeys>> => ({ keys: [jwk] }))
  await bus.answer(JoinThread, async ({ thread_id, user_id }): Promise<QuestionOutput<typeof JoinThread>> => {
    const conversation = conversations.get(thread_id)
    if (conversation === undefined) return { ok: false, reason: 'thread_not_found' }
    if (!isIn(user_id, conversation)) return { ok: false, reason: 'not_a_member' }
    return { ok: true, last_seq: conversation.log.length, stamp, user_name: 'A person' }
  })
  await bus.answer(
    JoinConversations,
    async ({ user_id, conversation_ids }): Promise<QuestionOutput<typeof JoinConversations>> => {
      count('join-conversations')
      const found = [...conversations.values()].filter(
        (each) => each.active && isIn(user_id, each) && (conversation_ids?.includes(each.id) ?? true)
      )
      return {
        ok: true,
        user_name: 'A person',
        conversations: found.map(({ id, people, log: { length } }) => ({
          conversation_id: id,
          peer_id: peerOf(people, user_id).receiver_id,
          last_seq: length,
          stamp
        }))
      }
    }
  )
  await bus.answer(AppendMessages, async ({ messages }): Promise<QuestionOutput<typeof AppendMessages>> => {
    count('append-messages')
    const outcomes = messages.map(({ thread_id, message_type: type, ...message }) => {
      const conversation = conversations.get(thread_id)
      if (conversation?.active === true) return store(conversation, { ...message, ...(type && { type }) })
      return { ok: false as const, reason: 'thread_locked' as const, detail: 'It is closed' }
    })
    await standIn.answersAfter
    return { outcomes }
  })
  await bus.answer(
    ListMessagesAfter,
    async ({ thread_id, after_seq, limit }): Promise<QuestionOutput<typeof ListMessagesAfter>> => {
      const { log: messages = [] } = conversations.get(thread_id) ?? {}
      return {
        messages: messages.slice(after_seq, after_seq + limit),
        last_seq: messages.length,
        stamp,
        ended: []
      }
    }
  )
  await bus.answer(
    CheckSubscriptions,
    async ({ subscriptions }): Promise<QuestionOutput<typeof CheckSubscriptions>> => ({
      epoch,
      threads: subscriptions.map(({ thread_id }) => ({
        thread_id,
        last_seq: conversations.get(thread_id)?.log.length ?? 0
      })),
      ended: []
    })
  )
  await bus.answer(
    SendDirectMessage,
    async ({
      sender_id,
      receiver_id,
      conversation_id,
      body,
      ...message
    }): Promise<QuestionOutput<typeof SendDirectMessage>> => {
      count('send-direct-message')
      const conversation = [...conversations.values()].find(
        (each) =>
          each.active &&
          isIn(sender_id, each) &&
          (conversation_id === undefined ? isIn(receiver_id ?? '', each) : each.id === conversation_id)
      )
      if (conversation === undefined) return { ok: false, ...standIn.refusal }
      const { client_msg_id, message_type } = message
      if (message_type === 'video') return { ok: false, reason: 'invalid_message_type', detail: 'Not a type' }
      if (body.length > 2_000) return { ok: false, reason: 'content_too_long', detail: 'Too long' }
      return store(conversation, { sender_id, body, client_msg_id, type: message_type === 'image' ? 'image' : 'text' })
    }
  )
  await bus.answer(
    MarkMessageRead,
    async ({ user_id, message_id }): Promise<QuestionOutput<typeof MarkMessageRead>> => {
      for (const { id, log: messages, people } of conversations.values()) {
        const message = messages.find((each) => each.id === message_id)
        if (message === undefined || !people.includes(user_id)) continue
        const read_at = new Date().toISOString()
        const receipt = { message_id, read_at, shown_to: [message.sender_id ?? ''] }
        bus.publishLive(liveSubjects.thread(id), { kind: 'read', user_id, last_read_seq: message.seq, receipt })
        return { ok: true, read_at }
      }
      return { ok: false, reason: 'message_not_found', detail: 'Message not found' }
    }
  )
  await bus.answer(
    ListMissedMessages,
    async ({ conversation_id, after_message_id, limit }): Promise<QuestionOutput<typeof ListMissedMessages>> => {
      const { log: messages = [] } = conversations.get(conversation_id) ?? {}
      const place = messages.findIndex(({ id }) => id === after_message_id)
      if (place === -1) return { ok: false, reason: 'message_not_found', detail: 'Message not found' }
      const missed = messages.slice(place + 1)
      return {
        ok: true,
        messages: missed.slice(0, limit).map((message) => ({ ...message, request_status: null, read_at: null })),
        has_more: missed.length > limit
      }
    }
  )
  return standIn
}

function peerOf([one, other]: readonly [string, string], userId: string): { receiver_id: string } {
  return { receiver_id: userId === one ? other : one }
}
