import type { EventOf, EventUpdated, RequestSubmitted } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { ChatDatabase, RequestRow } from '#src/schema.ts'
import { upsertGathering } from './gatherings.repository.ts'
import { upsertRequest } from './requests.repository.ts'

type Gathering = NonNullable<EventOf<typeof RequestSubmitted>['data']['event']>
type JoinRequest = EventOf<typeof RequestSubmitted>['data'] & { booking_id?: string | null }

/** Keeps what inboxes show of a gathering. Events from before they described all of it change nothing. */
export async function keepGathering(
  trx: Transaction<ChatDatabase>,
  gathering: Gathering | EventOf<typeof EventUpdated>['data']
): Promise<void> {
  const { event_id: id, host_id, title, version, capacity, tags, ...rest } = gathering
  if (capacity === undefined || tags === undefined) return
  const { description = null, location = null, address = null, activity_type = null } = rest
  const texts = { title, description, location, address, activity_type }
  const cancelled = rest.status === 'cancelled'
  const row = { id, host_id, ...texts, starts_at: new Date(rest.starts_at), capacity, cancelled, version }
  await upsertGathering(trx, row, tags)
}

/** Keeps a request and its gathering. Resolves to false if a later state of the request is known. */
export async function keepRequest(
  trx: Transaction<ChatDatabase>,
  request: JoinRequest,
  status: RequestRow['status']
): Promise<boolean> {
  const { request_id: id, event_id, host_id, guest_id, booking_id = null, version, created_at, event } = request
  const created = created_at === undefined ? null : new Date(created_at)
  const isNew = await upsertRequest(trx, {
    id,
    event_id,
    host_id,
    guest_id,
    status,
    version,
    booking_id,
    created_at: created
  })
  if (event !== undefined) await keepGathering(trx, event)
  return isNew
}
