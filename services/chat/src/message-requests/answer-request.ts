import { afterCommit } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import { findPair, lockPair, type Pair } from '#src/conversations/pairs.repository.ts'
import { type DirectRefused, refuseDirect } from '#src/conversations/refusals.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { type RequestRefused, requestNotFound } from './refusals.ts'
import { findRequest, type MessageRequest } from './requests.repository.ts'
import { acceptRequest, endRequests } from './settle-requests.ts'

interface Answer {
  requestId: string
  userId: string
}

type Refused = DirectRefused | RequestRefused

/** Accepts a request for its receiver. `isNewMatch`: the two did not match before. */
export async function acceptAsReceiver(
  chat: Chat,
  answer: Answer
): Promise<{ ok: true; conversationId: string; isNewMatch: boolean } | Refused> {
  return settle(chat, answer, 'receiver', async (trx, pair, request) => {
    const send = await acceptRequest(trx, chat.runtime, pair, request)
    afterCommit(trx, () => send(chat.live))
    return { ok: true, conversationId: pair.id, isNewMatch: !pair.matched }
  })
}

/** Declines a request for its receiver. */
export async function declineAsReceiver(chat: Chat, answer: Answer): Promise<{ ok: true } | Refused> {
  return settle(chat, answer, 'receiver', async (trx, _pair, request) => {
    await endRequests(trx, chat.runtime, [request], 'declined')
    return { ok: true }
  })
}

/** Cancels a request for its sender. */
export async function cancelAsSender(chat: Chat, answer: Answer): Promise<{ ok: true } | Refused> {
  return settle(chat, answer, 'sender', async (trx, _pair, request) => {
    await endRequests(trx, chat.runtime, [request], 'cancelled')
    return { ok: true }
  })
}

/** Does the work for one of the two people of a request, while it is pending. */
async function settle<Result>(
  { store }: Chat,
  { requestId, userId }: Answer,
  role: 'sender' | 'receiver',
  work: (trx: Transaction<ChatDatabase>, pair: Pair, request: MessageRequest) => Promise<Result>
): Promise<Result | Refused> {
  const known = await findRequest(store.db, requestId)
  if (known === undefined) return requestNotFound
  const { sender_id, receiver_id } = known
  if (role === 'receiver' && receiver_id !== userId) return refuseDirect('not_the_receiver')
  if (role === 'sender' && sender_id !== userId) return refuseDirect('not_the_sender')
  return store.transaction(async (trx) => {
    await lockPair(trx, [sender_id, receiver_id])
    const pair = await findPair(trx, [sender_id, receiver_id])
    const request = await findRequest(trx, requestId)
    if (pair === undefined || request?.status !== 'pending') return requestNotFound
    return work(trx, pair, request)
  })
}
