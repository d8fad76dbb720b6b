import { Type } from 'typebox'
import { RequestSubmitted } from '../events/gatherings.ts'
import { RequestStatus } from '../gatherings.ts'
import { Id, Nullable } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/**
 * Requests to join in the order of their ids, each with its event. For a chat that was installed before events carried all
 * of this: it reads them once.
 */
export const ListRequests = defineQuestion({
  service: 'sessions',
  method: 'list-requests',
  input: Type.Object({ after: Nullable(Id), limit: Type.Integer({ minimum: 1, maximum: 25 }) }),
  output: Type.Object({
    requests: Type.Array(
      Type.Object({ ...RequestSubmitted.data.properties, status: RequestStatus, booking_id: Nullable(Id) })
    )
  })
})
