import { type EventOf, MessageRequestAccepted, MessageRequestCancelled, MessageRequestDeclined } from '@belay/contracts'
import { recordEvent, recordEvents } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { openConversation } from '#src/contexts/conversation.ts'
import type { Words } from '#src/contexts/thread-change.ts'
import type { Pair } from '#src/conversations/pairs.repository.ts'
import { moveMark, signalMark } from '#src/read-marks/mark-read.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { findSeqInLog, type MessageRequest, updateRequests } from './requests.repository.ts'

/**
 * Accepts a pending request between two people whom the caller holds locked: the conversation opens, and begins with the
 * text of the request, which the receiver has read.
 */
export async function acceptRequest(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  pair: Pair,
  request: MessageRequest
): Promise<SendSignals> {
  const now = runtime.clock.now()
  await updateRequests(trx, [request.id], 'accepted', now)
  await recordEvent(trx, MessageRequestAccepted, { subject: request.id, data: dataOf(request) })
  const send = await openConversation(trx, runtime, pair, await unwrittenWords(trx, request))
  const mark = { threadId: pair.id, userId: request.receiver_id, lastReadSeq: await findSeqInLog(trx, request) }
  const marked = await moveMark(trx, mark, { now })
  return (live) => {
    send(live)
    if (marked !== undefined) signalMark({ live }, mark, marked)
  }
}

/** Returns the text of a request as the words of its sender; none once they are in the log. */
export async function unwrittenWords(trx: Transaction<ChatDatabase>, request: MessageRequest): Promise<Words[]> {
  if ((await findSeqInLog(trx, request)) !== undefined) return []
  const { sender_id: userId, message_id: messageId, created_at: sentAt, content: body } = request
  return [{ body, from: { userId, messageId, sentAt } }]
}

const endings = { declined: MessageRequestDeclined, cancelled: MessageRequestCancelled } as const

/** Ends pending requests between people whom the caller holds locked. */
export async function endRequests(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  requests: readonly MessageRequest[],
  status: keyof typeof endings
): Promise<void> {
  if (requests.length === 0) return
  const ids = requests.map((request) => request.id)
  await updateRequests(trx, ids, status, runtime.clock.now())
  const items = requests.map((request) => ({ subject: request.id, data: dataOf(request) }))
  await recordEvents(trx, endings[status], items)
}

/** Returns what events say of a request. */
export function dataOf(request: MessageRequest): EventOf<typeof MessageRequestAccepted>['data'] {
  const { id: request_id, conversation_id, sender_id, receiver_id } = request
  return { request_id, conversation_id, sender_id, receiver_id }
}
