import type { EventEnvelope, EventOf, RequestSubmitted } from '@belay/contracts'
import type { Asked } from '#src/reading/resolutions.repository.ts'
import type { Notice } from './notice.ts'

type RequestEvent = EventEnvelope<EventOf<typeof RequestSubmitted>['data']>

/** Also of a request that is accepted automatically: it shows the host the new guest. */
export function submitted(event: RequestEvent): Notice[] {
  const { host_id, guest_id, request_id, event_id } = event.data
  const asks = [request_id, event_id]
  return [{ ...about(event), type: 'event_request_received', to: host_id, about: guest_id, asks }]
}

/** Opens the conversation, which only an accepted guest has. */
export function accepted(event: RequestEvent): Notice[] {
  const { host_id, guest_id, thread_id } = event.data
  const notice = about(event)
  return [
    {
      ...notice,
      type: 'event_request_accepted',
      to: guest_id,
      about: host_id,
      url: `/threads/${thread_id}`,
      data: { ...notice.data, thread_id }
    }
  ]
}

export function declined(event: RequestEvent): Notice[] {
  const { host_id, guest_id } = event.data
  return [{ ...about(event), type: 'event_request_declined', to: guest_id, about: host_id }]
}

/** What the host was asked by the request. */
export function questionOf({ data }: RequestEvent): Asked {
  return { userId: data.host_id, type: 'event_request_received', subjectId: data.request_id }
}

function about({ id, data }: RequestEvent) {
  const { request_id, event_id, event_title } = data
  return {
    words: { event: event_title },
    url: `/events/${event_id}`,
    data: { request_id, event_id },
    causeEventId: id
  }
}
