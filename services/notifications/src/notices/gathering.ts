import type { EventCancelled, EventOf, EventUpdated } from '@belay/contracts'
import type { Notice } from './notice.ts'

export function cancelled({ id, data }: EventOf<typeof EventCancelled>): Notice[] {
  const { event_id, title, cause } = data
  return toGuests(data, {
    anonymous: cause === 'account_deleted',
    type: 'event_cancelled',
    words: { event: title },
    url: `/events/${event_id}`,
    data: { event_id },
    causeEventId: id
  })
}

/** None unless the time or the place changed. */
export function updated({ id, data }: EventOf<typeof EventUpdated>): Notice[] {
  const { moved, event_id, title, starts_at, location = null, address = null } = data
  if (moved !== true) return []
  const time = `${starts_at.slice(0, 16).replace('T', ' ')} UTC`
  return toGuests(data, {
    type: 'event_updated',
    words: { event: title, whenAndWhere: [time, location, address].filter(Boolean).join(', ') },
    url: `/events/${event_id}`,
    data: { event_id, starts_at, location, address },
    causeEventId: id
  })
}

function toGuests(
  { host_id, guest_ids = [] }: { host_id: string; guest_ids?: readonly string[] | undefined },
  notice: Omit<Notice, 'to' | 'about'>
): Notice[] {
  const guestIds = [...new Set(guest_ids)].filter((guestId) => guestId !== host_id)
  return guestIds.map((guestId) => ({ ...notice, to: guestId, about: host_id }))
}
