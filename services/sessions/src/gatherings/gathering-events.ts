import { EventCancelled, EventCreated, EventUpdated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import type { EventRow, SessionsDatabase } from '#src/schema.ts'

export async function announceCreated(trx: Transaction<SessionsDatabase>, event: EventRow): Promise<void> {
  await recordEvent(trx, EventCreated, { subject: event.id, data: describe(event) })
}

/** `movedFor` are the guests of an event whose time or place has changed; undefined when neither has. */
export async function announceUpdated(
  trx: Transaction<SessionsDatabase>,
  event: EventRow,
  movedFor?: string[]
): Promise<void> {
  const { location, address } = event
  const change = movedFor === undefined ? { moved: false } : { moved: true, guest_ids: movedFor }
  await recordEvent(trx, EventUpdated, {
    subject: event.id,
    data: { ...describe(event), location, address, ...change }
  })
}

/** `guestIds` are told of it. */
export async function announceCancelled(
  trx: Transaction<SessionsDatabase>,
  event: EventRow,
  occasion: { guestIds: string[]; cause: 'host' | 'account_deleted' }
): Promise<void> {
  const { guestIds: guest_ids, cause } = occasion
  await recordEvent(trx, EventCancelled, { subject: event.id, data: { ...describe(event), guest_ids, cause } })
}

function describe(event: EventRow) {
  return {
    event_id: event.id,
    thread_id: event.thread_id,
    host_id: event.host_id,
    title: event.title,
    starts_at: event.starts_at.toISOString(),
    version: event.version
  }
}
