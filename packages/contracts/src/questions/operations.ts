import { Type } from 'typebox'
import type { DatabaseService } from '../services.ts'
import { Nullable, Timestamp } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/**
 * What people who run Belay ask a service to do with its events. Each question covers one page of the work, so that it
 * returns in time regardless of the total; `next` is where to continue, null when done.
 */

/** "Publish what you recorded again, under the same ids": for a stream that lost its data. */
export const replayStreamIn = (service: DatabaseService) =>
  defineQuestion({
    service,
    method: 'replay-stream',
    input: Type.Object({
      /** Only events recorded since then; null for all that are stored. */
      since: Nullable(Timestamp),
      /** `next` of the previous page; 0 for the first page. */
      after: Type.Integer({ minimum: 0 }),
      /** Where the replay ends, as returned with the first page; null for the first page. */
      until: Nullable(Type.Integer({ minimum: 0 }))
    }),
    output: Type.Object({
      published: Type.Integer(),
      until: Type.Integer(),
      next: Nullable(Type.Integer())
    })
  })

const ParkedPage = Type.Object({
  /** Only those of this durable; null for all. */
  durable: Nullable(Type.String()),
  /** `next` of the previous page; 0 for the first page. */
  after_id: Type.Integer({ minimum: 0 })
})

/** "Which events have you given up on?", oldest first. */
export const listParkedIn = (service: DatabaseService) =>
  defineQuestion({
    service,
    method: 'list-parked',
    input: ParkedPage,
    output: Type.Object({
      parked: Type.Array(
        Type.Object({
          id: Type.Integer(),
          durable: Type.String(),
          /** Both are null if the payload is not an event. */
          event_id: Nullable(Type.String()),
          type: Nullable(Type.String()),
          /** Its first characters. */
          reason: Type.String(),
          parked_at: Timestamp
        })
      ),
      next: Nullable(Type.Integer())
    })
  })

/** "Retry the events that you have given up on." */
export const replayParkedIn = (service: DatabaseService) =>
  defineQuestion({
    service,
    method: 'replay-parked',
    input: ParkedPage,
    output: Type.Object({
      replayed: Type.Integer(),
      /** Events that failed again or cannot be retried; they stay parked. */
      remaining: Type.Integer(),
      next: Nullable(Type.Integer())
    })
  })
