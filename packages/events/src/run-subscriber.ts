import { type EventEnvelope, eventsOf, type Fact } from '@belay/contracts'
import type { Transaction } from 'kysely'
import { NotYetApplied, UnknownEventId } from './errors.ts'
import { insertInbox, listSplit, splitInInbox } from './inbox.repository.ts'
import { afterCommit } from './recording.ts'
import type { EventStore } from './store.ts'
import type { BatchSubscriber, HandlerContext, SingleSubscriber, Subscriber } from './subscriber.ts'

/** What applying events needs of a store. */
export type SubscriberStore<DB> = Pick<EventStore<DB>, 'db' | 'transaction' | 'log'>

/**
 * Applies facts in their order, each event exactly once: what the durable has seen before is skipped, also when another
 * process is at it this instant. A batch subscriber takes up to `batchMax` events in one transaction, or one larger batch.
 * Rejects with what the handler threw; then the event (or what shared its transaction) has had no effect, and the events
 * before it have had theirs.
 */
export async function runSubscriber<DB>(
  store: SubscriberStore<DB>,
  subscriber: Subscriber<DB>,
  facts: readonly Fact[]
): Promise<void> {
  if ('handleBatch' in subscriber) {
    for (const group of groupsOf(facts, subscriber.batchMax)) await applyTogether(store, subscriber, group)
    return
  }
  for (const fact of facts) {
    if ('events' in fact && !(await takeApart(store, subscriber, fact.id))) continue
    for (const event of eventsOf(fact)) await applyOne(store, subscriber, event)
  }
}

/**
 * Notes durably that the events of a batch are applied one by one from now on. Resolves to false if the batch has been
 * applied as a whole.
 */
export function takeApart<DB>(
  store: Pick<SubscriberStore<DB>, 'db'>,
  { durable }: Pick<Subscriber<DB>, 'durable'>,
  batchId: string
): Promise<boolean> {
  return splitInInbox(store.db, durable, batchId)
}

/** Divides facts into groups of up to `max` events; a larger batch is a group by itself. */
function groupsOf(facts: readonly Fact[], max: number): Fact[][] {
  const groups: Fact[][] = []
  let count = 0
  for (const fact of facts) {
    const { length } = eventsOf(fact)
    const group = groups.at(-1)
    if (group === undefined || count + length > max) {
      groups.push([fact])
      count = length
    } else {
      group.push(fact)
      count += length
    }
  }
  return groups
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

async function applyTogether<DB>(
  store: SubscriberStore<DB>,
  subscriber: BatchSubscriber<DB>,
  facts: readonly Fact[]
): Promise<void> {
  await store.transaction(async (trx) => {
    const events = await noteApplied(trx, subscriber.durable, facts)
    if (events.length > 0) await subscriber.handleBatch({ ...contextOf(store, trx), events })
  })
}

/** Notes facts as applied, those that were taken apart by their events, and returns the events that were new. */
async function noteApplied<DB>(
  trx: Transaction<DB>,
  durable: string,
  facts: readonly Fact[]
): Promise<EventEnvelope[]> {
  const fresh = await insertInbox(
    trx,
    durable,
    facts.map((fact) => fact.id)
  )
  const known = facts.filter((fact) => 'events' in fact && !fresh.has(fact.id))
  const split = known.length === 0 ? known : await thoseSplit(trx, durable, known)
  const parts = split.flatMap((batch) => eventsOf(batch))
  if (parts.length > 0) {
    const ids = parts.map((event) => event.id)
    for (const id of await insertInbox(trx, durable, ids)) fresh.add(id)
  }
  const units = facts.flatMap((fact): readonly Fact[] => (split.includes(fact) ? eventsOf(fact) : [fact]))
  // `delete` is true once per id, so that what is delivered twice counts once.
  const events = units.filter((unit) => fresh.delete(unit.id.toLowerCase())).flatMap((unit) => eventsOf(unit))
  if (fresh.size > 0) throw new UnknownEventId([...fresh])
  return events
}

async function thoseSplit<DB>(trx: Transaction<DB>, durable: string, batches: readonly Fact[]): Promise<Fact[]> {
  const ids = await listSplit(
    trx,
    durable,
    batches.map((batch) => batch.id)
  )
  return batches.filter((batch) => ids.has(batch.id))
}

function contextOf<DB>(store: SubscriberStore<DB>, trx: Transaction<DB>): HandlerContext<DB> {
  return { trx, store, log: store.log, afterCommit: (callback) => afterCommit(trx, callback) }
}
