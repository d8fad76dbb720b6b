import { Type } from 'typebox'
import { Event, JoinRequest } from '../doors/shua/http.ts'
import { BookingStatus, RequestStatus } from '../gatherings.ts'
import { Id, Nullable } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/** One request to join an event, for the thread that belongs to it; null when there is none. */
export const FindRequest = defineQuestion({
  service: 'sessions',
  method: 'find-request',
  input: Type.Object({ request_id: Id }),
  output: Type.Object({
    request: Nullable(
      Type.Object({
        request_id: Id,
        event_id: Id,
        host_id: Id,
        guest_id: Id,
        status: RequestStatus,
        version: Type.Integer()
      })
    )
  })
})

/** What an inbox shows of events, and the reader's own request and booking in each (a host's: the first accepted one's). */
export const DescribeEvents = defineQuestion({
  service: 'sessions',
  method: 'describe-events',
  input: Type.Object({ user_id: Id, event_ids: Type.Array(Id, { maxItems: 100 }) }),
  output: Type.Object({
    events: Type.Array(
      Type.Object({
        event: Event,
        request_id: Nullable(Id),
        booking_id: Nullable(Id)
      })
    )
  })
})

/** One request and its booking, with the names of both people; null when there is none. */
export const DescribeRequest = defineQuestion({
  service: 'sessions',
  method: 'describe-request',
  input: Type.Object({ request_id: Id }),
  output: Type.Object({
    request: Nullable(JoinRequest),
    /** Of the request; it stays, cancelled, when the guest leaves or the event is cancelled. */
    booking: Nullable(Type.Object({ id: Id, status: BookingStatus }))
  })
})
