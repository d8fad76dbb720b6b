import type { Chat } from '#src/context.ts'
import { HostOnly, NotAParticipant, RequestNotFound } from '#src/errors.ts'
import { findRequest, lockRequest } from '#src/gatherings/requests.repository.ts'
import type { AppendOutcome, LogInput } from '#src/messages/append-messages.ts'
import type { Replayed } from '#src/messages/keyed-sends.ts'
import { findThreadView } from '#src/threads/threads.repository.ts'
import { applyChanges } from './apply.ts'
import { hostWrote } from './request.ts'

/**
 * Appends a message to the thread of a request, which the host's first message opens. Throws RequestNotFound, and HostOnly
 * or NotAParticipant for anyone who may not open it.
 */
export async function sendAboutRequest(chat: Chat, message: LogInput): Promise<AppendOutcome | Replayed> {
  const outcome = await chat.log.append(message)
  const isMissing = !('replayed' in outcome) && !outcome.ok && outcome.reason === 'thread_not_found'
  if (!isMissing) return outcome
  await openThread(chat, message.thread_id, message.sender_id)
  return chat.log.append(message)
}

async function openThread({ store, runtime }: Chat, requestId: string, userId: string): Promise<void> {
  if (await findThreadView(store.db, requestId, userId)) return
  const request = await findRequest(store.db, requestId)
  if (request === undefined) throw new RequestNotFound()
  if (request.guest_id !== userId && request.host_id !== userId) throw new NotAParticipant()
  if (request.guest_id === userId && request.status === 'SUBMITTED') throw new HostOnly()
  await store.transaction(async (trx) => {
    const known = await lockRequest(trx, requestId)
    if (known !== undefined) await applyChanges(trx, runtime, hostWrote(known))
  })
}
