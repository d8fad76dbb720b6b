import type { EventEnvelope } from '@belay/contracts'
import type { Kysely } from 'kysely'
import { deleteParked, insertParked, listParked, type ParkedEvent, updateParkedReason } from './parked.repository.ts'
import { runSubscriber, type SubscriberStore } from './run-subscriber.ts'
import type { Subscriber } from './subscriber.ts'

export interface ParkInput {
  durable: string
  /** The envelope, or whatever arrived instead of one (kept as JSON). */
  event: unknown
  /** For people: why the durable gave up. */
  reason: string
}

/** Keeps an event that a durable gave up on, for a person to look at and replay. Parking it again renews the reason. */
export async function parkEvent<DB>(db: Kysely<DB>, { durable, event, reason }: ParkInput): Promise<void> {
  const eventId = isEnvelope(event) ? event.id : null
  await insertParked(db, { durable, eventId, payload: JSON.stringify(event) ?? 'null', reason })
}

/**
 * Tries the parked events again, oldest first. What succeeds is no longer parked; what fails stays, with the new
 * reason. What is no event at all, or belongs to no subscriber given, stays untouched.
 */
export async function replayParked<DB>(
  store: SubscriberStore<DB>,
  subscribers: readonly Subscriber<DB>[]
): Promise<{ replayed: number; remaining: number }> {
  const total = { replayed: 0, remaining: 0 }
  let page = await listParked(store.db)
  while (page.length > 0) {
    for (const parked of page) {
      if (await replayOne(store, subscribers, parked)) total.replayed += 1
      else total.remaining += 1
    }
    page = await listParked(store.db, { afterId: page.at(-1)?.id ?? 0 })
  }
  return total
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

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function isEnvelope(value: unknown): value is EventEnvelope {
  if (typeof value !== 'object' || value === null) return false
  if (!('id' in value && 'type' in value && 'subject' in value && 'data' in value)) return false
  return typeof value.id === 'string' && uuid.test(value.id) && typeof value.type === 'string'
}
