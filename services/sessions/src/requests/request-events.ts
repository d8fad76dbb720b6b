import { RequestAccepted, RequestDeclined, RequestSubmitted, RequestWithdrawn } from '@belay/contracts'
import { recordEvent, recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { GatheringRow, RequestRow, SessionsDatabase } from '#src/schema.ts'

type GroupOf = Pick<GatheringRow, 'title' | 'thread_id'>

export async function announceSubmitted(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  gathering: GroupOf
): Promise<void> {
  await recordEvent(trx, RequestSubmitted, { subject: request.id, data: describe(request, gathering) })
}

/** `automatic` when the gathering accepts everybody by itself. */
export async function announceAccepted(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  gathering: GroupOf,
  acceptance: { bookingId: string; automatic: boolean }
): Promise<void> {
  const { bookingId: booking_id, automatic } = acceptance
  const data = { ...describe(request, gathering), booking_id, automatic }
  await recordEvent(trx, RequestAccepted, { subject: request.id, data })
}

export async function announceDeclined(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  gathering: GroupOf
): Promise<void> {
  await recordEvent(trx, RequestDeclined, { subject: request.id, data: describe(request, gathering) })
}

/** With the booking that each of them had until then. */
export async function announceWithdrawn(
  trx: Transaction<SessionsDatabase>,
  withdrawn: readonly { request: RequestRow; gathering: GroupOf; bookingId: string | null }[]
): Promise<void> {
  const items = withdrawn.map(({ request, gathering, bookingId }) => ({
    subject: request.id,
    data: { ...describe(request, gathering), booking_id: bookingId }
  }))
  await recordEvents(trx, RequestWithdrawn, items)
}

function describe(request: RequestRow, gathering: GroupOf) {
  return {
    request_id: request.id,
    event_id: request.event_id,
    event_title: gathering.title,
    thread_id: gathering.thread_id,
    host_id: request.host_id,
    guest_id: request.guest_id,
    version: request.version
  }
}
