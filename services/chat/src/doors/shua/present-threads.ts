import type { Inbox, ThreadDetails } from '@belay/contracts'
import type { Static } from 'typebox'
import type { DetailsRow } from '#src/threads/details.repository.ts'
import type { InboxRow } from '#src/inbox/inbox.repository.ts'
import type { Inbox as InboxPage } from '#src/inbox/list-inbox.ts'
import type { ThreadView } from '#src/threads/threads.repository.ts'

type ShownInbox = Static<typeof Inbox>
type ShownThread = ShownInbox['threads'][number]
type ShownDetails = Static<typeof ThreadDetails>

/** A page of an inbox as the Shua API shows it. */
export function presentInbox({ threads, participants }: InboxPage): ShownInbox {
  return {
    threads: threads.map(presentThread),
    participants: Object.fromEntries(Map.groupBy(participants, (person) => person.thread_id))
  }
}

function presentThread(row: InboxRow): ShownThread {
  const requestId = row.context === 'request' ? row.context_id : row.own_request_id
  return {
    id: row.id,
    scope: scopeOf(row),
    request_id: requestId,
    booking_id: requestId === row.own_request_id ? row.own_booking_id : null,
    event_id: row.event_id,
    is_locked: row.locked,
    unread_count: row.unread_count,
    event: eventOf(row),
    last_message: lastMessageOf(row)
  }
}

/** A thread is of the request until it is accepted, and of the booking from then on. */
function scopeOf(thread: { context: string; only_sender_id: string | null }): 'request' | 'booking' {
  return thread.context === 'request' && thread.only_sender_id !== null ? 'request' : 'booking'
}

function eventOf({
  event_id: id,
  title,
  starts_at,
  description,
  location,
  activity_type
}: InboxRow): ShownThread['event'] {
  if (title === null || starts_at === null) return null
  return { id, title, description, starts_at: starts_at.toISOString(), location, activity_type }
}

function lastMessageOf(row: InboxRow): ShownThread['last_message'] {
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

/** A thread's details as the Shua API shows them. */
export function presentDetails({ id, epoch }: ThreadView, row: DetailsRow): ShownDetails {
  return {
    thread: { id, scope: scopeOf(row), is_locked: row.locked, event_id: row.event_id, epoch },
    event: detailedEventOf(row),
    request: requestOf(row),
    booking: row.booking_id === null ? null : { id: row.booking_id, status: row.booking_status }
  }
}

function detailedEventOf({ gathering }: DetailsRow): ShownDetails['event'] {
  if (gathering === null) return null
  const { host_id: created_by, host_name: creator_name, ...event } = gathering
  return { ...event, created_by, creator_name }
}

function requestOf({ request, request_status: status, requested_at }: DetailsRow): ShownDetails['request'] {
  if (request === null || status === null || requested_at === null) return null
  return { ...request, status, created_at: requested_at.toISOString() }
}
