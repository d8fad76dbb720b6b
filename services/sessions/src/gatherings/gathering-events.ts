import { EventCancelled, EventCreated, EventUpdated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'

export async function announceCreated(trx: Transaction<SessionsDatabase>, gathering: GatheringRow): Promise<void> {
  await recordEvent(trx, EventCreated, { subject: gathering.id, data: describe(gathering) })
}

/** `movedFor` are the guests of a gathering whose time or place has changed; undefined when neither has. */
export async function announceUpdated(
  trx: Transaction<SessionsDatabase>,
  gathering: GatheringRow,
  movedFor?: string[]
): Promise<void> {
  const { location, address } = gathering
  const change = movedFor === undefined ? { moved: false } : { moved: true, guest_ids: movedFor }
  await recordEvent(trx, EventUpdated, {
    subject: gathering.id,
    data: { ...describe(gathering), location, address, ...change }
  })
}

/** `guestIds` are told of it. */
export async function announceCancelled(
  trx: Transaction<SessionsDatabase>,
  gathering: GatheringRow,
  occasion: { guestIds: string[]; cause: 'host' | 'account_deleted' }
): Promise<void> {
  const { guestIds: guest_ids, cause } = occasion
  await recordEvent(trx, EventCancelled, { subject: gathering.id, data: { ...describe(gathering), guest_ids, cause } })
}

function describe(gathering: GatheringRow) {
  return {
    event_id: gathering.id,
    thread_id: gathering.thread_id,
    host_id: gathering.host_id,
    title: gathering.title,
    starts_at: gathering.starts_at.toISOString(),
    version: gathering.version
  }
}
