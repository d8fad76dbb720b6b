import type { EventCancelled, EventOf, EventUpdated } from '@belay/contracts'
import type { ThreadState } from '#src/threads/threads.repository.ts'
import type { ThreadChange } from './thread-change.ts'

type Updated = EventOf<typeof EventUpdated>['data']

/** A group is told when and where its gathering takes place now, if that has changed. */
export function gatheringUpdated(gathering: Updated): ThreadChange[] {
  if (gathering.moved !== true) return []
  const body = `The event has moved: ${whenAndWhere(gathering)}`
  return [{ kind: 'say', threadId: gathering.thread_id, words: [{ body }] }]
}

/** Everything that people wrote about it is closed; a group that never opened is made for that, without members. */
export function gatheringCancelled(gathering: EventOf<typeof EventCancelled>['data']): ThreadChange[] {
  const group = { ...groupOf(gathering), status: 'cancelled', locked: true }
  return [
    { kind: 'close', gatheringId: gathering.event_id, reason: 'cancelled' },
    { kind: 'open', thread: group, members: [] }
  ]
}

/** The one group of a gathering, under the id that sessions chose for it. */
export function groupOf(gathering: { event_id: string; thread_id: string }): ThreadState {
  const { event_id: eventId, thread_id: id } = gathering
  return { id, context: 'event', contextId: eventId, eventId, version: 1, status: 'booking' }
}

/** `2027-01-15 09:00 UTC, Central Park, 5th Avenue`, as far as it is known. */
function whenAndWhere({ starts_at, location, address }: Updated): string {
  const time = `${starts_at.slice(0, 16).replace('T', ' ')} UTC`
  return [time, location, address].filter(Boolean).join(', ')
}
