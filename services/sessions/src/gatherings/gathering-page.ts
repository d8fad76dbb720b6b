import { type Positions, positionsOf } from '@belay/kit'
import type { EventView } from './event-views.repository.ts'

/** A page of a list of events. */
export interface EventPage {
  events: EventView[]
  /** Where the next page begins; undefined when this one is not full. */
  next: string | undefined
}

export const upcoming = positionsOf('events', 'time')
export const hosted = positionsOf('events/my', 'time')

/** The page that these events are, in a list with these cursors. */
export function toEventPage(events: EventView[], limit: number, positions: Positions): EventPage {
  const last = events.at(-1)
  const isFull = last !== undefined && events.length === limit
  return { events, next: isFull ? positions.encode({ key: last.starts_at.toISOString(), id: last.id }) : undefined }
}
