import { maxRequestLength, MessageRequestSent } from '@belay/contracts'
import { afterCommit, recordEvent } from '@belay/events'
import { consumeLimit } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import { type Footing, readFooting } from '#src/conversations/footing.repository.ts'
import { allotPair, lockPair } from '#src/conversations/pairs.repository.ts'
import { type DirectRefused, refuseDirect } from '#src/conversations/refusals.ts'
import { appendWithin } from '#src/messages/append-messages.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { type RequestRefused, requestExists } from './refusals.ts'
import { findPending, insertRequest } from './requests.repository.ts'
import { acceptRequest, dataOf } from './settle-requests.ts'

interface NewRequest {
  senderId: string
  receiverId: string
  content: string
}

/** A request that waits, or the one of the other person that this one answered, with the id of the reply. */
export interface SentRequest {
  ok: true
  requestId: string
  messageId: string
  status: 'pending' | 'accepted'
  conversationId: string
}

/**
 * Asks a person to chat. If they have asked the sender, this accepts their request, and the text replies to it.
 * @throws RateLimited when the sender has used up their requests
 */
export async function sendRequest(
  chat: Chat,
  request: NewRequest
): Promise<SentRequest | DirectRefused | RequestRefused> {
  const { senderId, receiverId } = request
  if (senderId === receiverId) return refuseDirect('yourself')
  return chat.store.transaction(async (trx) => {
    await lockPair(trx, [senderId, receiverId])
    const refusal = refusalOf(await readFooting(trx, senderId, receiverId), request)
    if (refusal !== undefined) return refusal
    const sent = await askOrAccept(trx, chat, request)
    await consumeLimit(trx, { subject: senderId, limit: chat.limits.requests, now: chat.runtime.clock.now() })
    return sent
  })
}

function refusalOf(
  footing: Footing | undefined,
  { senderId, content }: NewRequest
): DirectRefused | RequestRefused | undefined {
  if (footing?.isOtherHere !== true) return refuseDirect('user_not_found')
  if (footing.isBlocked) return refuseDirect('user_blocked')
  if ([...content].length > maxRequestLength) return refuseDirect('request_too_long')
  const isKnown = footing.status === 'active' || footing.pending?.senderId === senderId
  return isKnown ? requestExists : undefined
}

async function askOrAccept(
  trx: Transaction<ChatDatabase>,
  { runtime, live, limits }: Chat,
  { senderId, receiverId, content }: NewRequest
): Promise<SentRequest> {
  const now = runtime.clock.now()
  const pair = await allotPair(trx, [senderId, receiverId], { id: runtime.newId(), now })
  const conversationId = pair.id
  const theirs = await findPending(trx, conversationId)
  if (theirs !== undefined) {
    const send = await acceptRequest(trx, runtime, pair, theirs)
    // It counts as a request, not as a message.
    const unlimited = { ...limits, direct: null }
    const input = { thread_id: conversationId, sender_id: senderId, body: content, client_msg_id: null }
    const reply = await appendWithin(trx, { runtime, limits: unlimited }, input)
    if (!reply.ok) throw new Error(`a reply to a message request was refused: ${reply.reason}`)
    const { message, stamp } = reply
    afterCommit(trx, () => {
      send(live)
      live.messages(conversationId, { messages: [message], stamp })
    })
    return { ok: true, requestId: theirs.id, messageId: message.id, status: 'accepted', conversationId }
  }
  const request = {
    id: runtime.newId(),
    conversation_id: conversationId,
    sender_id: senderId,
    receiver_id: receiverId,
    message_id: runtime.newId(),
    content,
    status: 'pending' as const,
    created_at: now,
    updated_at: now
  }
  await insertRequest(trx, request)
  await recordEvent(trx, MessageRequestSent, { subject: request.id, data: dataOf(request) })
  return { ok: true, requestId: request.id, messageId: request.message_id, status: 'pending', conversationId }
}
