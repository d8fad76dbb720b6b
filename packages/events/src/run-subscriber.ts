import type { EventEnvelope } from '@belay/contracts'
import type { Transaction } from 'kysely'
import { NotYetApplied, UnknownEventId } from './errors.ts'
import { insertInbox } from './inbox.repository.ts'
import { afterCommit } from './recording.ts'
import type { EventStore } from './store.ts'
import type { BatchSubscriber, HandlerContext, SingleSubscriber, Subscriber } from './subscriber.ts'

/** What applying events needs of a store. */
export type SubscriberStore<DB> = Pick<EventStore<DB>, 'db' | 'transaction' | 'log'>

/**
 * Applies events in their order, each exactly once: what the durable has seen before is skipped, also when another
 * process is at it this instant. A batch subscriber takes up to `batchMax` in one transaction. Rejects with what the
 * handler threw; then that event (or that batch) has had no effect, and the events before it have had theirs.
 */
export async function runSubscriber<DB>(
  store: SubscriberStore<DB>,
  subscriber: Subscriber<DB>,
  envelopes: readonly EventEnvelope[]
): Promise<void> {
  if ('handleBatch' in subscriber) {
    for (let start = 0; start < envelopes.length; start += subscriber.batchMax) {
      await applyBatch(store, subscriber, envelopes.slice(start, start + subscriber.batchMax))
    }
    return
  }
  for (const envelope of envelopes) await applyOne(store, subscriber, envelope)
}

/**
 * Applies an event to every subscriber of its type, so that this service's next answers obey it, and makes the services
 * that depend on what followed from it apply that as well. When the stream delivers it later, it is skipped. Rejects with
 * the first failure after all have been tried, and with NotYetApplied when another service has not confirmed in time.
 */
export async function applyEvent<DB>(
  store: SubscriberStore<DB> & Pick<EventStore<DB>, 'confirmCausedBy'>,
  subscribers: readonly Subscriber<DB>[],
  envelope: EventEnvelope
): Promise<void> {
  const failures: unknown[] = []
  for (const subscriber of subscribers) {
    if (subscriber.event.type !== envelope.type) continue
    try {
      await runSubscriber(store, subscriber, [envelope])
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  if (!(await store.confirmCausedBy(envelope.id))) throw new NotYetApplied(envelope.id)
}

async function applyOne<DB>(store: SubscriberStore<DB>, subscriber: SingleSubscriber<DB>, event: EventEnvelope) {
  await store.transaction(
    async (trx) => {
      const fresh = await insertInbox(trx, subscriber.durable, [event.id])
      if (fresh.size > 0) await subscriber.handle({ ...contextOf(store, trx), event })
    },
    { causeId: event.id }
  )
}

async function applyBatch<DB>(store: SubscriberStore<DB>, subscriber: BatchSubscriber<DB>, batch: EventEnvelope[]) {
  await store.transaction(async (trx) => {
    const fresh = await insertInbox(
      trx,
      subscriber.durable,
      batch.map((event) => event.id)
    )
    // `delete` is true once per id, so that an event delivered twice in one batch counts once.
    const events = batch.filter((event) => fresh.delete(event.id.toLowerCase()))
    if (fresh.size > 0) throw new UnknownEventId([...fresh])
    if (events.length > 0) await subscriber.handleBatch({ ...contextOf(store, trx), events })
  })
}

function contextOf<DB>(store: SubscriberStore<DB>, trx: Transaction<DB>): HandlerContext<DB> {
  return { trx, store, log: store.log, afterCommit: (callback) => afterCommit(trx, callback) }
}
