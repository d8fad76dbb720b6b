import { RequestAccepted, RequestDeclined, RequestSubmitted, RequestWithdrawn } from '@belay/contracts'
import { recordEvent, recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import { describeGathering } from '#src/gatherings/gathering-events.ts'
import type { GatheringRow, RequestRow, SessionsDatabase } from '#src/schema.ts'

type GroupOf = Pick<GatheringRow, 'title' | 'thread_id'>

export async function announceSubmitted(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  gathering: GatheringRow
): Promise<void> {
  const data = { ...describeRequest(request, gathering), event: await describeGathering(trx, gathering) }
  await recordEvent(trx, RequestSubmitted, { subject: request.id, data })
}

/** `automatic` when the gathering accepts everybody by itself. */
export async function announceAccepted(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  gathering: GatheringRow,
  acceptance: { bookingId: string; automatic: boolean }
): Promise<void> {
  const { bookingId: booking_id, automatic } = acceptance
  const event = await describeGathering(trx, gathering)
  const data = { ...describeRequest(request, gathering), event, booking_id, automatic }
  await recordEvent(trx, RequestAccepted, { subject: request.id, data })
}

export async function announceDeclined(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  gathering: GroupOf
): Promise<void> {
  await recordEvent(trx, RequestDeclined, { subject: request.id, data: describeRequest(request, gathering) })
}

/** With the booking that each of them had until then. */
export async function announceWithdrawn(
  trx: Transaction<SessionsDatabase>,
  withdrawn: readonly { request: RequestRow; gathering: GroupOf; bookingId: string | null }[]
): Promise<void> {
  const items = withdrawn.map(({ request, gathering, bookingId }) => ({
    subject: request.id,
    data: { ...describeRequest(request, gathering), booking_id: bookingId }
  }))
  await recordEvents(trx, RequestWithdrawn, items)
}

/** A request as events describe it. */
export function describeRequest(request: RequestRow, gathering: GroupOf) {
  return {
    request_id: request.id,
    event_id: request.event_id,
    event_title: gathering.title,
    thread_id: gathering.thread_id,
    host_id: request.host_id,
    guest_id: request.guest_id,
    version: request.version,
    created_at: request.created_at.toISOString()
  }
}
