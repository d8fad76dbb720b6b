import { type EventEnvelope, isUuid } from '@belay/contracts'
import type { Kysely } from 'kysely'
import { deleteParked, insertParked, listParked, type ParkedEvent, updateParkedReason } from './parked.repository.ts'
import { runSubscriber, type SubscriberStore } from './run-subscriber.ts'
import type { Subscriber } from './subscriber.ts'

export interface ParkInput {
  durable: string
  /** The envelope, or what arrived instead of one (kept as JSON). */
  event: unknown
  /** For people: why the durable gave up. */
  reason: string
}

/** Keeps an event that a durable gave up on, for a person to look at and replay. Parking it again renews the reason. */
export async function parkEvent<DB>(db: Kysely<DB>, { durable, event, reason }: ParkInput): Promise<void> {
  const eventId = isEnvelope(event) ? event.id : null
  await insertParked(db, { durable, eventId, payload: JSON.stringify(event) ?? 'null', reason })
}

/** What a page of tries came to. */
export interface ReplayedParked {
  replayed: number
  remaining: number
  /** Where the next page begins; null when this was the last. */
  next: number | null
}

/**
 * Tries one page of the parked events again, oldest first. What succeeds is no longer parked; what fails stays, with the
 * new reason. What is no event at all, or belongs to no subscriber given, stays untouched.
 */
export async function replayParked<DB>(
  store: SubscriberStore<DB>,
  subscribers: readonly Subscriber<DB>[],
  { limit = 100, ...filter }: { durable?: string; afterId?: number; limit?: number } = {}
): Promise<ReplayedParked> {
  const page = await listParked(store.db, { ...filter, limit })
  let replayed = 0
  for (const parked of page) if (await replayOne(store, subscribers, parked)) replayed += 1
  const next = page.length < limit ? null : (page.at(-1)?.id ?? null)
  return { replayed, remaining: page.length - replayed, next }
}

async function replayOne<DB>(store: SubscriberStore<DB>, subscribers: readonly Subscriber<DB>[], parked: ParkedEvent) {
  const { id, durable, payload } = parked
  const subscriber = subscribers.find((candidate) => candidate.durable === durable)
  if (subscriber === undefined || !isEnvelope(payload) || payload.type !== subscriber.event.type) return false
  try {
    await runSubscriber(store, subscriber, [payload])
    await deleteParked(store.db, id)
    return true
  } catch (error) {
    store.log.warn({ err: error, durable, event: payload.id }, 'a parked event failed again')
    await updateParkedReason(store.db, id, error instanceof Error ? error.message : String(error))
    return false
  }
}

function isEnvelope(value: unknown): value is EventEnvelope {
  if (typeof value !== 'object' || value === null) return false
  if (!('id' in value && 'type' in value && 'subject' in value && 'data' in value)) return false
  return isUuid(value.id) && typeof value.type === 'string'
}
