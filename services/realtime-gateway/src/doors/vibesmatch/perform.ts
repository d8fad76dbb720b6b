import { type MessageType, maxEmojiLength, maxMessageLength, toConversationMessage } from '@belay/contracts'
import type { Connection } from '#src/core/connection.ts'
import type { Realtime } from '#src/core/realtime.ts'
import { Subscription } from '#src/core/subscription.ts'
import { type Answer, sendFailure, sentAnswer } from './answers.ts'
import type { DirectEvent } from './client-events.ts'
import type { Turns } from './turns.ts'

/** Messages per read: the longest texts of a whole page still fit into one reply of NATS (1 MiB). */
const pageSize = 50
/** What one `recover` answers with, unless a page ends before. */
const maxRecovered = 200
/** No further page is read after this much text, which counts against the client's buffer. */
const maxRecoveredLength = 100_000

type ConversationMessage = ReturnType<typeof toConversationMessage>
type EventOf<Name extends DirectEvent['name']> = Extract<DirectEvent, { name: Name }>['data']

/** An event that has had its turn: the next one may begin, also while the answer is on its way. */
interface Performed {
  answer: Answer | Promise<Answer>
  /** What a client that asked for no acknowledgement is sent instead. */
  missed?: readonly ConversationMessage[]
}

export interface Client {
  readonly connection: Connection
  readonly turns: Turns
}

/** Does what a signed-in client asked for. */
export async function perform(
  realtime: Realtime,
  client: Client,
  event: Exclude<DirectEvent, { name: 'authenticate' }>
): Promise<Performed> {
  const { connection } = client
  const userId = connection.identity?.userId
  if (userId === undefined || connection.ended)
    return { answer: { reason: 'unauthenticated', detail: 'Sign in first' } }
  const { name, data } = event
  switch (name) {
    case 'send_message':
      return send(realtime, client, { userId, ...data })
    case 'mark_read':
      return { answer: await markRead(realtime, userId, data) }
    case 'typing_start':
    case 'typing_stop':
      return { answer: type(realtime, connection, { ...data, isTyping: name === 'typing_start' }) }
    case 'recover':
      return recover(realtime, userId, data)
  }
}

async function send(
  realtime: Realtime,
  client: Client,
  message: EventOf<'send_message'> & { userId: string }
): Promise<Performed> {
  const { conversation_id, receiver_id, content: body, client_msg_id: clientMsgId = null } = message
  if (!conversation_id && !receiver_id) {
    return { answer: { reason: 'invalid_input', detail: 'conversation_id or receiver_id is required' } }
  }
  const subscription = findSubscription(client.connection, message)
  const messageType = plainTypeOf(message)
  if (subscription === undefined || messageType === undefined) {
    await client.turns.lastBatched
    return { answer: await sendDirect(realtime, message) }
  }
  const sending = realtime.sending.send(subscription, { body, clientMsgId, messageType })
  client.turns.lastBatched = sending
  return {
    answer: sending.then((outcome) => {
      if (outcome.status === 'stored') return sentAnswer(outcome.message)
      return sendFailure(outcome) ?? sendDirect(realtime, message)
    })
  }
}

/** What is not a plain message to an open conversation is for the chat to decide. */
async function sendDirect(realtime: Realtime, message: EventOf<'send_message'> & { userId: string }): Promise<Answer> {
  const { userId, conversation_id, receiver_id } = message
  const sent = await realtime.direct.send({
    sender_id: userId,
    ...(conversation_id && { conversation_id }),
    ...(receiver_id && { receiver_id }),
    body: message.content,
    message_type: message.message_type ?? 'text',
    client_msg_id: message.client_msg_id ?? null
  })
  return sent.ok ? sentAnswer(sent.message) : sent
}

/** Returns the type of a message that is certain to be valid; undefined for any other. */
function plainTypeOf({ content, message_type: named = 'text' }: EventOf<'send_message'>): MessageType | undefined {
  if (named === 'text' && content.length <= maxMessageLength) return named
  if (named === 'emoji' && content.length <= maxEmojiLength) return named
  return undefined
}

async function markRead(realtime: Realtime, userId: string, { message_id }: EventOf<'mark_read'>): Promise<Answer> {
  const marked = await realtime.direct.markRead(userId, message_id)
  if (!marked.ok) return marked
  return { success: true, data: { message: 'Message marked as read', read_at: marked.read_at } }
}

function type(
  realtime: Realtime,
  connection: Connection,
  { conversation_id, isTyping }: EventOf<'typing_start'> & { isTyping: boolean }
): Answer {
  const subscription = findSubscription(connection, { conversation_id })
  if (subscription === undefined)
    return { reason: 'conversation_not_found', detail: 'There is no such active conversation' }
  const isPublished = realtime.typing.type(subscription, isTyping)
  return isPublished ? { success: true, data: {} } : { reason: 'rate_limited', detail: 'Too many typing events' }
}

async function recover(
  realtime: Realtime,
  user_id: string,
  { conversation_id, after_message_id }: EventOf<'recover'>
): Promise<Performed> {
  const messages: ConversationMessage[] = []
  let cursor = after_message_id
  let hasMore = true
  let length = 0
  while (hasMore && messages.length < maxRecovered && length < maxRecoveredLength) {
    const input = { user_id, conversation_id, after_message_id: cursor, limit: pageSize }
    const page = await realtime.direct.listMissed(input)
    if (!page.ok) return { answer: page }
    for (const message of page.messages) {
      messages.push(toConversationMessage(message))
      length += message.body.length
    }
    hasMore = page.has_more && page.messages.length > 0
    cursor = messages.at(-1)?.id ?? cursor
  }
  const meta = { pagination: { cursor: hasMore ? cursor : null, hasMore } }
  return { answer: { success: true, data: { messages }, meta }, missed: messages }
}

/** Finds the open conversation that is meant; the other person alone is enough. */
function findSubscription(
  { threads }: Connection,
  { conversation_id, receiver_id }: Pick<EventOf<'send_message'>, 'conversation_id' | 'receiver_id'>
): Subscription | undefined {
  for (const thread of threads) {
    if (!(thread instanceof Subscription)) continue
    const isMeant = conversation_id ? thread.threadId === conversation_id : thread.peerId === receiver_id
    if (isMeant) return receiver_id && thread.peerId !== receiver_id ? undefined : thread
  }
  return undefined
}
