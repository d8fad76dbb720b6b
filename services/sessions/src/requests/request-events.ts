import { RequestAccepted, RequestDeclined, RequestSubmitted, RequestWithdrawn } from '@belay/contracts'
import { recordEvent, recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { EventRow, RequestRow, SessionsDatabase } from '#src/schema.ts'

type GroupOf = Pick<EventRow, 'title' | 'thread_id'>

export async function announceSubmitted(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  event: GroupOf
): Promise<void> {
  await recordEvent(trx, RequestSubmitted, { subject: request.id, data: describe(request, event) })
}

/** `automatic` when the event accepts everybody by itself. */
export async function announceAccepted(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  event: GroupOf,
  acceptance: { bookingId: string; automatic: boolean }
): Promise<void> {
  const { bookingId: booking_id, automatic } = acceptance
  const data = { ...describe(request, event), booking_id, automatic }
  await recordEvent(trx, RequestAccepted, { subject: request.id, data })
}

export async function announceDeclined(
  trx: Transaction<SessionsDatabase>,
  request: RequestRow,
  event: GroupOf
): Promise<void> {
  await recordEvent(trx, RequestDeclined, { subject: request.id, data: describe(request, event) })
}

/** With the booking that each of them had until then. */
export async function announceWithdrawn(
  trx: Transaction<SessionsDatabase>,
  withdrawn: readonly { request: RequestRow; event: GroupOf; bookingId: string | null }[]
): Promise<void> {
  const items = withdrawn.map(({ request, event, bookingId }) => ({
    subject: request.id,
    data: { ...describe(request, event), booking_id: bookingId }
  }))
  await recordEvents(trx, RequestWithdrawn, items)
}

function describe(request: RequestRow, event: GroupOf) {
  return {
    request_id: request.id,
    event_id: request.event_id,
    event_title: event.title,
    thread_id: event.thread_id,
    host_id: request.host_id,
    guest_id: request.guest_id,
    version: request.version
  }
}
