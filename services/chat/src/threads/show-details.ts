import { DescribeEvents, DescribeRequest, type ThreadDetails } from '@belay/contracts'
import type { Static } from 'typebox'
import type { Chat } from '#src/context.ts'
import { requireThread } from './require-thread.ts'
import { scopeOf } from './show-inbox.ts'
import { findThreadContext } from './threads.repository.ts'

type Details = Static<typeof ThreadDetails>

/** A thread with its event, and the request and booking that the reader sees it through. */
export async function showDetails(chat: Chat, threadId: string, userId: string): Promise<Details> {
  const { id, epoch } = await requireThread(chat, threadId, userId)
  const context = await findThreadContext(chat.store.db, id)
  const described = await describeEvent(chat, context.event_id, userId)
  const requestId = context.context === 'request' ? context.context_id : (described?.request_id ?? null)
  const { request, booking } = await describeRequest(chat, requestId)
  return {
    thread: { id, scope: scopeOf(context), is_locked: context.locked, event_id: context.event_id, epoch },
    event: described?.event ?? null,
    request,
    booking
  }
}

async function describeEvent(chat: Chat, eventId: string | null, userId: string) {
  if (eventId === null) return undefined
  const { events } = await chat.bus.ask(DescribeEvents, { user_id: userId, event_ids: [eventId] })
  return events[0]
}

async function describeRequest(chat: Chat, requestId: string | null) {
  if (requestId === null) return { request: null, booking: null }
  return chat.bus.ask(DescribeRequest, { request_id: requestId })
}
