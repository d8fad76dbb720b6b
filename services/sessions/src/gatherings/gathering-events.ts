import { EventCancelled, EventCreated, EventUpdated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Kysely, Transaction } from 'kysely'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { listTagsOf } from '#src/tags/tags.repository.ts'

export async function announceCreated(trx: Transaction<SessionsDatabase>, gathering: GatheringRow): Promise<void> {
  await recordEvent(trx, EventCreated, { subject: gathering.id, data: await describeGathering(trx, gathering) })
}

/** `movedFor` are the guests of a gathering whose time or place has changed; undefined when neither has. */
export async function announceUpdated(
  trx: Transaction<SessionsDatabase>,
  gathering: GatheringRow,
  movedFor?: string[]
): Promise<void> {
  const change = movedFor === undefined ? { moved: false } : { moved: true, guest_ids: movedFor }
  await recordEvent(trx, EventUpdated, {
    subject: gathering.id,
    data: { ...(await describeGathering(trx, gathering)), ...change }
  })
}

/** `guestIds` are told of it. */
export async function announceCancelled(
  trx: Transaction<SessionsDatabase>,
  gathering: GatheringRow,
  occasion: { guestIds: string[]; cause: 'host' | 'account_deleted' }
): Promise<void> {
  const { guestIds: guest_ids, cause } = occasion
  const data = { ...(await describeGathering(trx, gathering)), guest_ids, cause }
  await recordEvent(trx, EventCancelled, { subject: gathering.id, data })
}

/** A gathering as events describe it. */
export async function describeGathering(db: Kysely<SessionsDatabase>, gathering: GatheringRow) {
  const { description, location, address, activity_type, capacity, status } = gathering
  return {
    event_id: gathering.id,
    thread_id: gathering.thread_id,
    host_id: gathering.host_id,
    title: gathering.title,
    starts_at: gathering.starts_at.toISOString(),
    version: gathering.version,
    description,
    location,
    address,
    activity_type,
    capacity,
    status,
    tags: await listTagsOf(db, gathering.id)
  }
}
