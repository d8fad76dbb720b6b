import { type EventDefinition, type EventEnvelope, type EventOf, eventsOf, type Fact, factJson } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { AwaitedEvent } from './confirm.ts'
import { NoReferences } from './errors.ts'

/**
 * Keeps what events of a batched type hold out of the outbox: it is in the service's own tables already, and is read from
 * there when events are published later than by the process that recorded them.
 */
export interface EventReferences<DB, Definition extends EventDefinition = EventDefinition, Ref = unknown> {
  readonly event: Definition
  /** What finds an event's content again, as JSON. */
  refOf(envelope: EventOf<Definition>): Ref
  /** Returns the envelopes in the order of `refs`; undefined for what is gone. */
  restore(db: Kysely<DB>, refs: readonly Ref[]): Promise<(EventOf<Definition> | undefined)[]>
}

/** The references of each type that has some. */
export type ReferencesByType<DB> = ReadonlyMap<string, EventReferences<DB>>

/** A fact as the relay carries it. */
export interface OutboxItem {
  position: number
  fact: Fact
  /** The fact as it travels, if it is at hand. */
  json?: string
}

/** A fact to record. */
export interface NewRow {
  fact: Fact
  json: string
  /** JSON that stands for the content; null where the content itself is recorded. */
  refs: string | null
  /** A command waits until other services have applied it. */
  isAwaited: boolean
}

/** A row of the outbox. */
export interface StoredRow {
  position: number
  id: string
  /** Null in rows from before batches, which hold single envelopes. */
  type: string | null
  /** An envelope, or those of a batch; null where `refs` stands for them. */
  envelope: EventEnvelope | EventEnvelope[] | null
  refs: unknown[] | null
}

/** Most bytes of a batch, well below the largest payload of NATS (1 MiB). A larger event is a batch by itself. */
export const batchBytesMax = 512 * 1024

/** Puts recorded events into rows, in their order; those of a batched type stand where the first of them does. */
export function rowsOf<DB>(
  events: readonly AwaitedEvent[],
  newId: () => string,
  references: ReferencesByType<DB>
): NewRow[] {
  const groups = new Map<string, AwaitedEvent[]>()
  for (const event of events) {
    const key = event.batched ? event.envelope.type : event.envelope.id
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [event])
    else group.push(event)
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first?.batched) return batchRows(group, newId, references.get(first.envelope.type))
    return group.map(({ envelope, appliedBy }) => ({
      fact: envelope,
      json: factJson(envelope),
      refs: null,
      isAwaited: appliedBy.length > 0
    }))
  })
}

function batchRows<DB>(
  group: readonly AwaitedEvent[],
  newId: () => string,
  references: EventReferences<DB> | undefined
): NewRow[] {
  return partsOf(group.map(({ envelope }) => envelope)).map(({ events, texts }) => {
    const fact = { id: newId(), type: events[0]?.type ?? '', events }
    const refs = references === undefined ? null : JSON.stringify(events.map((event) => references.refOf(event)))
    return { fact, json: `[${texts.join(',')}]`, refs, isAwaited: false }
  })
}

/** Divides events so that each part fits into a message. */
function partsOf(envelopes: readonly EventEnvelope[]): { events: EventEnvelope[]; texts: string[] }[] {
  const parts: { events: EventEnvelope[]; texts: string[] }[] = []
  let bytes = 0
  for (const envelope of envelopes) {
    const text = factJson(envelope)
    const size = Buffer.byteLength(text) + 1
    const part = parts.at(-1)
    if (part === undefined || bytes + size > batchBytesMax) {
      parts.push({ events: [envelope], texts: [text] })
      bytes = size
    } else {
      part.events.push(envelope)
      part.texts.push(text)
      bytes += size
    }
  }
  return parts
}

/** Most events that a sweep or a page of a replay holds at once; a larger batch is taken alone. */
const eventsMax = 2_000

/** Returns as many of the first rows as may be held at once: at least one of any. */
export function leading(rows: readonly StoredRow[]): StoredRow[] {
  let count = 0
  return rows.filter(({ envelope, refs }, index) => {
    count += refs?.length ?? (Array.isArray(envelope) ? envelope.length : 1)
    return index === 0 || count <= eventsMax
  })
}

/** Returns the number of events, those of batches counted one by one. */
export function countEvents(items: readonly OutboxItem[]): number {
  return items.reduce((count, { fact }) => count + eventsOf(fact).length, 0)
}

/** Reads rows as facts, in their order. A batch of which nothing is left has no events. */
export async function toItems<DB>(
  db: Kysely<DB>,
  rows: readonly StoredRow[],
  references: ReferencesByType<DB>
): Promise<OutboxItem[]> {
  const restored = await restoreAll(db, rows, references)
  return rows.map(({ position, id, type, envelope }) => {
    if (envelope !== null && !Array.isArray(envelope)) return { position, fact: envelope }
    const events = envelope ?? restored.get(position)
    if (type === null || events === undefined) throw new NoReferences(type)
    return { position, fact: { id, type, events } }
  })
}

/** One look-up for each type, however many rows. */
async function restoreAll<DB>(
  db: Kysely<DB>,
  rows: readonly StoredRow[],
  references: ReferencesByType<DB>
): Promise<Map<number, EventEnvelope[]>> {
  const found = new Map<number, EventEnvelope[]>()
  for (const [type, { restore }] of references) {
    const own = rows.filter((row) => row.type === type && row.refs !== null)
    if (own.length === 0) continue
    const envelopes = await restore(
      db,
      own.flatMap((row) => row.refs ?? [])
    )
    let start = 0
    for (const { position, refs } of own) {
      const end = start + (refs?.length ?? 0)
      found.set(
        position,
        envelopes.slice(start, end).filter((envelope) => envelope !== undefined)
      )
      start = end
    }
  }
  return found
}
