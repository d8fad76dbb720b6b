import type { EventEnvelope } from '@belay/contracts'
import { type Kysely, sql } from 'kysely'
import { type SubscriberStore, runSubscriber } from './run-subscriber.ts'
import type { Subscriber } from './subscriber.ts'

export interface ParkInput {
  durable: string
  /** The envelope, or whatever arrived instead of one (kept as JSON). */
  event: unknown
  /** For people: why the durable gave up. */
  reason: string
}

export interface ParkedEvent {
  id: number
  durable: string
  payload: unknown
  reason: string
  parkedAt: Date
}

/** Keeps an event that a durable gave up on, for a person to look at and replay. Parking it again renews the reason. */
export async function parkEvent<DB>(db: Kysely<DB>, input: ParkInput): Promise<void> {
  const eventId = isEnvelope(input.event) ? input.event.id : null
  await sql`
    insert into parked_events (durable, event_id, payload, reason)
    values (${input.durable}, ${eventId}, ${JSON.stringify(input.event) ?? 'null'}::json, ${printable(input.reason)})
    on conflict (durable, event_id) do update set reason = excluded.reason, parked_at = excluded.parked_at
  `.execute(db)
}

/** Parked events, oldest first: at most `limit` (1,000 by default) after an id. */
export async function listParked<DB>(
  db: Kysely<DB>,
  filter: { durable?: string; afterId?: number; limit?: number } = {}
): Promise<ParkedEvent[]> {
  const { rows } = await sql<{ id: number; durable: string; payload: unknown; reason: string; parked_at: Date }>`
    select id, durable, payload, reason, parked_at from parked_events
    where id > ${filter.afterId ?? 0} and (${filter.durable ?? null}::text is null or durable = ${filter.durable ?? null})
    order by id limit ${filter.limit ?? 1_000}::int`.execute(db)
  return rows.map(({ parked_at, ...row }) => ({ ...row, parkedAt: parked_at }))
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
    await sql`delete from parked_events where id = ${id}`.execute(store.db)
    return true
  } catch (error) {
    store.log.warn({ err: error, durable, event: payload.id }, 'a parked event failed again')
    const reason = printable(error instanceof Error ? error.message : String(error))
    await sql`update parked_events set reason = ${reason} where id = ${id}`.execute(store.db)
    return false
  }
}

/** Postgres text has no NUL. */
function printable(text: string): string {
  return text.replaceAll('\0', '')
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function isEnvelope(value: unknown): value is EventEnvelope {
  if (typeof value !== 'object' || value === null) return false
  if (!('id' in value && 'type' in value && 'subject' in value && 'data' in value)) return false
  return typeof value.id === 'string' && uuid.test(value.id) && typeof value.type === 'string'
}
