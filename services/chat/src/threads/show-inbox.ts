import { DescribeEvents, type Inbox, type QuestionOutput } from '@belay/contracts'
import type { Static } from 'typebox'
import type { Chat } from '#src/chat.ts'
import { type InboxRow, listInbox, listParticipants } from './inbox.repository.ts'

/** Whoever has more opens the thread's own list. */
const participantsPerThread = 50

type Described = QuestionOutput<typeof DescribeEvents>['events'][number]
type Shown = Static<typeof Inbox>

/** A page of somebody's inbox: one query for threads, one for people, one question for events, whatever the size. */
export async function showInbox(chat: Chat, userId: string, page: { limit: number; offset: number }): Promise<Shown> {
  const rows = await listInbox(chat.store.db, userId, page)
  if (rows.length === 0) return { threads: [], participants: {} }
  const [people, { events }] = await Promise.all([
    listParticipants(
      chat.store.db,
      rows.map((row) => row.id),
      { readerId: userId, limit: participantsPerThread }
    ),
    chat.bus.ask(DescribeEvents, { user_id: userId, event_ids: [...new Set(rows.map((row) => row.event_id))] })
  ])
  const described = new Map(events.map((one) => [one.event.id, one]))
  return {
    threads: rows.map((row) => toInboxThread(row, described.get(row.event_id))),
    participants: Object.fromEntries(Map.groupBy(people, (person) => person.thread_id))
  }
}

function toInboxThread(row: InboxRow, described: Described | undefined): Shown['threads'][number] {
  const ofRequest = row.context === 'request'
  const own = !ofRequest || described?.request_id === row.context_id
  return {
    id: row.id,
    scope: scopeOf(row),
    request_id: ofRequest ? row.context_id : (described?.request_id ?? null),
    booking_id: own ? (described?.booking_id ?? null) : null,
    event_id: row.event_id,
    is_locked: row.locked,
    unread_count: row.unread_count,
    event: described ? summaryOf(described.event) : null,
    last_message: lastMessageOf(row)
  }
}

/** A thread is of the request until it is accepted, and of the booking from then on. */
export function scopeOf(thread: { context: string; only_sender_id: string | null }): 'request' | 'booking' {
  return thread.context === 'request' && thread.only_sender_id !== null ? 'request' : 'booking'
}

function summaryOf({ id, title, description, starts_at, location, activity_type }: Described['event']) {
  return { id, title, description, starts_at, location, activity_type }
}

function lastMessageOf(row: InboxRow): Shown['threads'][number]['last_message'] {
  if (row.last_id === null || row.last_body === null || row.last_kind === null || row.last_created_at === null)
    return null
  return {
    id: row.last_id,
    sender_id: row.last_sender_id,
    sender_name: row.last_sender_name,
    body: row.last_body,
    created_at: row.last_created_at.toISOString(),
    kind: row.last_kind
  }
}
