import type { EventOf, RequestAccepted, RequestDeclined } from '@belay/contracts'
import { placeholder } from '#src/messages/system-text.ts'
import type { KnownRequest } from '#src/gatherings/requests.repository.ts'
import { groupOf } from './gathering.ts'
import type { Member, ThreadChange } from './thread-change.ts'

/** A request has a thread of its own, of the same id, if the host writes before accepting; until then only the host may. */
export function hostWrote({
  id,
  event_id: eventId,
  status,
  version,
  ...people
}: Omit<KnownRequest, 'booking_id' | 'created_at'>): ThreadChange[] {
  const isAccepted = status === 'ACCEPTED'
  const thread = {
    id,
    context: 'request' as const,
    contextId: id,
    eventId,
    version,
    status: isAccepted ? 'booking' : 'request',
    locked: status === 'DECLINED' || status === 'WITHDRAWN',
    onlySenderId: isAccepted ? null : people.host_id
  }
  return [{ kind: 'open', thread, members: membersOf(people) }]
}

/** The first accepted guest opens the group, each later one joins it; both may write in the request's own thread. */
export function requestAccepted(request: EventOf<typeof RequestAccepted>['data']): ThreadChange[] {
  const { request_id, thread_id: threadId, guest_id: userId, event_title } = request
  const welcome = [
    { body: `Welcome to the ${event_title} event chat!` },
    { body: 'Request accepted, booking confirmed.' }
  ]
  const joined = { body: `${placeholder} has joined the event!`, about: userId }
  return [
    { kind: 'restrict', threadId: request_id, onlySenderId: null, status: 'booking' },
    { kind: 'open', thread: groupOf(request), members: membersOf(request), words: welcome },
    { kind: 'admit', threadId, userId, words: [joined] }
  ]
}

/** Its own thread is closed, and a booked guest leaves the group. */
export function requestEnded(reason: 'declined' | 'withdrawn') {
  return (request: EventOf<typeof RequestDeclined>['data']): ThreadChange[] => {
    const { request_id, thread_id: threadId, guest_id: userId } = request
    const left = { body: `${placeholder} has left the event.`, about: userId }
    return [
      { kind: 'close', threadId: request_id, reason },
      { kind: 'remove', threadId, userId, words: [left] }
    ]
  }
}

function membersOf({ host_id, guest_id }: { host_id: string; guest_id: string }): Member[] {
  return [
    { userId: host_id, role: 'host' },
    { userId: guest_id, role: 'guest' }
  ]
}
