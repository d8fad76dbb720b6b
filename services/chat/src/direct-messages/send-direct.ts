import { ConversationStarted } from '@belay/contracts'
import { afterCommit, recordEvent } from '@belay/events'
import { RateLimited } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import type { SendSignals } from '#src/contexts/apply.ts'
import { openConversation } from '#src/contexts/conversation.ts'
import { type Footing, readFooting } from '#src/conversations/footing.repository.ts'
import { allotPair, lockPair } from '#src/conversations/pairs.repository.ts'
import { type DirectRefused, refuseDirect } from '#src/conversations/refusals.ts'
import { findPending } from '#src/message-requests/requests.repository.ts'
import { acceptRequest, unwrittenWords } from '#src/message-requests/settle-requests.ts'
import { appendWithin } from '#src/messages/append-messages.ts'
import type { AppendInput } from '#src/messages/append.repository.ts'
import type { KeyedSend, Replayed } from '#src/messages/keyed-sends.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { checkContent } from './check-content.ts'
import { type DirectOutcome, toDirectOutcome } from './outcome.ts'

/** A message to a person, and how its call is carried out. */
export interface DirectSend {
  senderId: string
  receiverId: string
  body: string
  type: string
  clientMsgId: string | null
  fromSocket?: boolean
  /** The reply is kept with the message in the log: for calls that `goesToLog` says so of. */
  keyed?: KeyedSend | undefined
  /** The call is one transaction, which has to store the message. */
  isAtomic?: boolean
}

/** What a message means: it continues a conversation, accepts the receiver's request, or opens a conversation without one. */
type Course =
  | { ok: true; kind: 'append'; input: AppendInput }
  | { ok: true; kind: 'accept' | 'open'; input: Omit<AppendInput, 'thread_id'> }

/**
 * Writes to a person. In a conversation that has opened before, the message goes through the message log.
 * @throws RateLimited when the sender has used up their messages and this one would have opened the conversation
 */
export async function sendDirect(chat: Chat, message: DirectSend): Promise<DirectOutcome | Replayed> {
  const { senderId, receiverId, keyed, isAtomic = false } = message
  const course =
    senderId === receiverId
      ? refuseDirect('yourself')
      : courseOf(await readFooting(chat.store.db, senderId, receiverId), message)
  if (!course.ok || course.kind !== 'append' || isAtomic) {
    return counted(chat, async () =>
      course.ok ? chat.store.transaction((trx) => sendLocked(trx, chat, message)) : course
    )
  }
  const outcome = await chat.log.append({ ...course.input, keyed })
  return 'replayed' in outcome ? outcome : toDirectOutcome(outcome)
}

/** Counts what the message log does not. */
async function counted({ counts }: Chat, send: () => Promise<DirectOutcome>): Promise<DirectOutcome> {
  try {
    const outcome = await send()
    counts.decided(outcome)
    return outcome
  } catch (error) {
    if (error instanceof RateLimited) counts.decided({ ok: false, reason: 'rate_limited' })
    else counts.failed()
    throw error
  }
}

/** Returns whether a message goes through the message log now, because it changes nothing between the two people. */
export async function goesToLog({ store }: Chat, senderId: string, receiverId: string): Promise<boolean> {
  const footing = await readFooting(store.db, senderId, receiverId)
  return footing !== undefined && footing.status !== null && footing.pending?.senderId !== receiverId
}

function courseOf(footing: Footing | undefined, message: DirectSend): Course | DirectRefused {
  if (footing?.isOtherHere !== true) return refuseDirect('user_not_found')
  if (footing.isDisabled) return refuseDirect('account_disabled')
  if (footing.isBlocked) return refuseDirect('user_blocked')
  const content = checkContent(message.body, message.type)
  if (!content.ok) return content
  const { senderId: sender_id, receiverId, body, clientMsgId: client_msg_id, fromSocket: from_socket = false } = message
  const input = { sender_id, body, client_msg_id, from_socket, message_type: content.type }
  if (message.keyed === undefined && footing.pending?.senderId === receiverId)
    return { ok: true, kind: 'accept', input }
  const { conversationId: thread_id, status } = footing
  // An archived one takes no message, but the log knows the outcome of one that is repeated.
  if (thread_id !== null && status !== null) return { ok: true, kind: 'append', input: { ...input, thread_id } }
  return footing.isPremium ? { ok: true, kind: 'open', input } : refuseDirect('no_conversation')
}

/** Decides again, while nothing between the two can change. */
async function sendLocked(trx: Transaction<ChatDatabase>, chat: Chat, message: DirectSend): Promise<DirectOutcome> {
  const { senderId, receiverId } = message
  const { runtime, limits, live } = chat
  await lockPair(trx, [senderId, receiverId])
  const course = courseOf(await readFooting(trx, senderId, receiverId), message)
  if (!course.ok) return course
  const { thread_id, send } =
    course.kind === 'append'
      ? { thread_id: course.input.thread_id, send: undefined }
      : await open(trx, chat, message, course.kind)
  const outcome = toDirectOutcome(await appendWithin(trx, { runtime, limits }, { ...course.input, thread_id }))
  if (!outcome.ok) return send === undefined ? outcome : undo(outcome, chat)
  afterCommit(trx, () => {
    send?.(live)
    const { repeated, message: stored, stamp } = outcome
    if (!repeated) live.messages(thread_id, { messages: [stored], stamp })
  })
  return outcome
}

/** Accepts the receiver's request, or opens the conversation without one; then the sender's own request comes first in it. */
async function open(
  trx: Transaction<ChatDatabase>,
  { runtime }: Chat,
  { senderId, receiverId }: DirectSend,
  kind: 'accept' | 'open'
): Promise<{ thread_id: string; send: SendSignals }> {
  const pair = await allotPair(trx, [senderId, receiverId], { id: runtime.newId(), now: runtime.clock.now() })
  const { id: thread_id } = pair
  const pending = await findPending(trx, thread_id)
  if (kind === 'accept' && pending !== undefined) {
    return { thread_id, send: await acceptRequest(trx, runtime, pair, pending) }
  }
  const send = await openConversation(trx, runtime, pair, pending ? await unwrittenWords(trx, pending) : [])
  const data = { conversation_id: thread_id, sender_id: senderId, receiver_id: receiverId }
  await recordEvent(trx, ConversationStarted, { subject: thread_id, data })
  return { thread_id, send }
}

/** Throws, so that what opened for a message that is refused is undone. */
function undo({ reason, detail, retry_after_seconds: seconds = 1 }: DirectRefused, { limits }: Chat): never {
  if (reason === 'rate_limited') throw new RateLimited(detail, seconds, limits.direct ?? undefined)
  throw new Error(`a first message was refused: ${reason}`)
}
