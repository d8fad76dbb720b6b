import { FindRequest, ThreadCreated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Chat } from '#src/context.ts'
import { HostOnly, NotAParticipant, RequestNotFound } from '#src/errors.ts'
import { lockRequest, upsertRequest } from './requests.repository.ts'
import { findThreadView, holdEvent, insertMember, insertThread, isEventClosed } from './threads.repository.ts'

/** A request as the sessions service knows it. */
interface JoinRequest {
  request_id: string
  event_id: string
  host_id: string
  guest_id: string
  status: string
  version: number
}

/**
 * Makes sure that the thread of a request is there, which the host's first message opens. Throws RequestNotFound, and
 * HostOnly or NotAParticipant for whoever may not open it.
 */
export async function openRequestThread(chat: Chat, requestId: string, userId: string): Promise<void> {
  if (await findThreadView(chat.store.db, requestId, userId)) return
  const { request } = await chat.bus.ask(FindRequest, { request_id: requestId })
  if (request === null) throw new RequestNotFound()
  if (request.guest_id !== userId && request.host_id !== userId) throw new NotAParticipant()
  if (request.guest_id === userId && request.status === 'SUBMITTED') throw new HostOnly()
  await createThread(chat, request)
}

function createThread(chat: Chat, request: JoinRequest): Promise<void> {
  const { request_id, event_id, host_id, guest_id, version } = request
  return chat.store.transaction(async (trx) => {
    await upsertRequest(trx, { id: request_id, status: request.status, version })
    // What was applied here meanwhile is newer than what was asked for.
    const status = (await lockRequest(trx, request_id))?.status ?? request.status
    await holdEvent(trx, event_id)
    const over = status === 'DECLINED' || status === 'WITHDRAWN' || (await isEventClosed(trx, event_id))
    const state = {
      id: request_id,
      context: 'request' as const,
      contextId: request_id,
      eventId: event_id,
      version,
      status: status === 'ACCEPTED' ? 'booking' : 'request',
      locked: over,
      onlySenderId: status === 'ACCEPTED' ? null : host_id
    }
    if (!(await insertThread(trx, state, chat.runtime.clock.now()))) return
    await insertMember(trx, { thread_id: request_id, user_id: host_id, role: 'host', last_read_seq: 0 })
    await insertMember(trx, { thread_id: request_id, user_id: guest_id, role: 'guest', last_read_seq: 0 })
    await recordEvent(trx, ThreadCreated, {
      subject: request_id,
      data: { thread_id: request_id, context: 'request', context_id: request_id, member_ids: [host_id, guest_id] }
    })
  })
}
