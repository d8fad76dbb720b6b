import { type Bus, type Consumption, RetryLater } from '@belay/bus'
import { applyEventIn, type DatabaseService } from '@belay/contracts'
import {
  applyEvent,
  type EventStore,
  NotYetApplied,
  parkEvent,
  runSubscriber,
  type Subscriber,
  type SubscriberStore,
  takeApart
} from '@belay/events'
import { type Answerer, answerer } from './answerer.ts'

/** Consumes a subscriber's event from the stream until the process stops. */
export function consumeFor<DB>(bus: Bus, store: SubscriberStore<DB>, subscriber: Subscriber<DB>): Promise<Consumption> {
  const { durable, event } = subscriber
  return bus.consume({
    durable,
    event,
    ...('batchMax' in subscriber && batching(subscriber)),
    handle: (_, facts) => runSubscriber(store, subscriber, facts),
    takeApart: (batchId) => takeApart(store, subscriber, batchId),
    park: (parked, reason) => parkEvent(store.db, { durable, event: parked, reason })
  })
}

function batching({ batchMax, gatherMs = 0 }: { batchMax: number; gatherMs?: number }) {
  return { batchMax, gatherMs }
}

/**
 * Answers "apply this event now", so that other services' commands can wait for this service's projections. Each source
 * asks on its own subject, and only its own events are applied there.
 */
export function applyEventAnswerers<DB>(
  service: DatabaseService,
  store: EventStore<DB>,
  subscribers: readonly Subscriber<DB>[]
): Answerer[] {
  const sources = new Set(subscribers.map(({ event }) => event.source))
  return [...sources].map((source) => {
    const own = subscribers.filter(({ event }) => event.source === source)
    return answerer(applyEventIn(service, source), async (envelope) => {
      await applyEvent(store, own, envelope).catch((error: unknown) => {
        throw error instanceof NotYetApplied ? new RetryLater(error.message, { cause: error }) : error
      })
      return { applied: true } as const
    })
  })
}
