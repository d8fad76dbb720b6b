import type { JoinRequest, TitledRequest } from '@belay/contracts'
import type { Static } from 'typebox'
import type { RequestView } from '#src/requests/request-views.repository.ts'

/** A request as the Shua API shows it: booking and group belong to an accepted one only. */
export function presentRequest(request: RequestView): Static<typeof JoinRequest> {
  const isAccepted = request.status === 'ACCEPTED'
  return {
    id: request.id,
    request_id: request.id,
    event_id: request.event_id,
    status: request.status,
    guest_id: request.guest_id,
    guest_name: request.guest_name,
    host_id: request.host_id,
    host_name: request.host_name,
    booking_id: isAccepted ? request.booking_id : null,
    thread_id: isAccepted ? request.thread_id : null,
    created_at: request.created_at.toISOString()
  }
}

/** The same with the guest under the keys of older clients too, and with the event's title. */
export function presentTitledRequest(request: RequestView): Static<typeof TitledRequest> {
  return {
    ...presentRequest(request),
    user_id: request.guest_id,
    user_name: request.guest_name,
    event_title: request.event_title
  }
}
