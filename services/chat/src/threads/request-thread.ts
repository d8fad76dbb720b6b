import { FindRequest } from '@belay/contracts'
import type { Chat } from '#src/context.ts'
import { HostOnly, NotAParticipant, RequestNotFound } from '#src/errors.ts'
import { findThreadView } from './threads.repository.ts'
import { applyChanges } from '#src/contexts/apply.ts'
import { hostWrote } from '#src/contexts/request.ts'
import { lockRequest, upsertRequest } from '#src/contexts/requests.repository.ts'

/**
 * Makes sure that the thread of a request is there, which the host's first message opens. Throws RequestNotFound, and
 * HostOnly or NotAParticipant for anyone who may not open it.
 */
export async function openRequestThread(chat: Chat, requestId: string, userId: string): Promise<void> {
  if (await findThreadView(chat.store.db, requestId, userId)) return
  const { request } = await chat.bus.ask(FindRequest, { request_id: requestId })
  if (request === null) throw new RequestNotFound()
  if (request.guest_id !== userId && request.host_id !== userId) throw new NotAParticipant()
  if (request.guest_id === userId && request.status === 'SUBMITTED') throw new HostOnly()
  await chat.store.transaction(async (trx) => {
    await upsertRequest(trx, { id: requestId, status: request.status, version: request.version })
    // What was applied here meanwhile is newer than what was asked for.
    const status = (await lockRequest(trx, requestId))?.status ?? request.status
    await applyChanges(trx, chat.runtime, hostWrote({ ...request, status }))
  })
}
