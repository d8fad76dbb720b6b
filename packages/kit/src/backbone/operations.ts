import { type DatabaseService, listParkedIn, replayParkedIn, replayStreamIn } from '@belay/contracts'
import { type EventStore, listParked, type ParkedEvent, replayParked, type Subscriber } from '@belay/events'
import { type Answerer, answerer } from './answerer.ts'

/** Fits into one response even with the longest reasons. */
const pageSize = 100
const reasonMax = 1_000

/** Answers the questions of `npm run events`: refill the stream, list parked events, retry them. */
export function operationsAnswerers<DB>(
  service: DatabaseService,
  store: EventStore<DB>,
  subscribers: readonly Subscriber<DB>[]
): Answerer[] {
  return [
    answerer(replayStreamIn(service), ({ since, after, until }) =>
      store.relay.replay({ after, since: since === null ? undefined : new Date(since), until: until ?? undefined })
    ),
    answerer(listParkedIn(service), async (page) => {
      const parked = await listParked(store.db, filterOf(page))
      const next = parked.length < pageSize ? null : (parked.at(-1)?.id ?? null)
      return { parked: parked.map(present), next }
    }),
    answerer(replayParkedIn(service), (page) => replayParked(store, subscribers, filterOf(page)))
  ]
}

function filterOf({ durable, after_id }: { durable: string | null; after_id: number }) {
  return { afterId: after_id, limit: pageSize, ...(durable !== null && { durable }) }
}

function present({ id, durable, payload, reason, parkedAt }: ParkedEvent) {
  return {
    id,
    durable,
    event_id: textIn(payload, 'id'),
    type: textIn(payload, 'type'),
    reason: reason.slice(0, reasonMax),
    parked_at: parkedAt.toISOString()
  }
}

function textIn(payload: unknown, name: 'id' | 'type'): string | null {
  if (typeof payload !== 'object' || payload === null) return null
  const value: unknown = Reflect.get(payload, name)
  return typeof value === 'string' ? value : null
}
