import { DescribeEvents, type Inbox, type ListThreadsQuery, type QuestionOutput } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { Static } from 'typebox'
import type { Chat } from '#src/context.ts'
import { type InboxRow, listInbox, listParticipants } from './inbox.repository.ts'

/** Whoever has more opens the thread's own list. */
const participantsPerThread = 50

const positions = positionsOf('threads', 'time')

type Described = QuestionOutput<typeof DescribeEvents>['events'][number]
type Shown = Static<typeof Inbox>

/**
 * A page of somebody's inbox, and where the next one begins unless this one is not full: one query for threads, one for
 * people, one question for events, whatever the size. Throws InvalidInput.
 */
export async function showInbox(
  chat: Chat,
  userId: string,
  { limit, offset, cursor }: Static<typeof ListThreadsQuery>
): Promise<{ inbox: Shown; next: string | undefined }> {
  const after = positions.decode(cursor)
  const rows = await listInbox(chat.store.db, userId, { limit, offset: after === undefined ? offset : 0, after })
  const last = rows.at(-1)
  if (last === undefined) return { inbox: { threads: [], participants: {} }, next: undefined }
  const position = { key: last.last_message_at?.toISOString() ?? null, id: last.id }
  return {
    inbox: await describeThreads(chat, userId, rows),
    next: rows.length === limit ? positions.encode(position) : undefined
  }
}

async function describeThreads(chat: Chat, userId: string, rows: readonly InboxRow[]): Promise<Shown> {
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
