import { type Positions, positionsOf } from '@belay/kit'
import type { GatheringView } from './gathering-views.repository.ts'

/** A page of a list of gatherings. */
export interface GatheringPage {
  gatherings: GatheringView[]
  /** Where the next page begins; undefined when this one is not full. */
  next: string | undefined
}

export const upcoming = positionsOf('events', 'time')
export const hosted = positionsOf('events/my', 'time')

/** The page that these gatherings are, in a list with these cursors. */
export function toGatheringPage(gatherings: GatheringView[], limit: number, positions: Positions): GatheringPage {
  const last = gatherings.at(-1)
  const isFull = last !== undefined && gatherings.length === limit
  return { gatherings, next: isFull ? positions.encode({ key: last.starts_at.toISOString(), id: last.id }) : undefined }
}
