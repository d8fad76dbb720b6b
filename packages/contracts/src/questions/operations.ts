import { Type } from 'typebox'
import type { EventSource } from '../events/define-event.ts'
import { Nullable, Timestamp } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/**
 * What people who run Belay ask a service to do with its events. Each question does one page of the work, so that it is
 * answered in time however much there is; `next` says where to go on, null that it is done.
 */

/** "Publish what you recorded again, under the same ids": for a stream that lost its data. */
export const replayStreamIn = (service: EventSource) =>
  defineQuestion({
    service,
    method: 'replay-stream',
    input: Type.Object({
      /** Only what was recorded since then; null for all that is kept. */
      since: Nullable(Timestamp),
      /** `next` of the page before; 0 at the beginning. */
      after: Type.Integer({ minimum: 0 }),
      /** Where the replay ends, as the first page said; null at the beginning. */
      until: Nullable(Type.Integer({ minimum: 0 }))
    }),
    output: Type.Object({
      published: Type.Integer(),
      until: Type.Integer(),
      next: Nullable(Type.Integer())
    })
  })

const ParkedPage = Type.Object({
  /** One durable's only; null for all. */
  durable: Nullable(Type.String()),
  /** `next` of the page before; 0 at the beginning. */
  after_id: Type.Integer({ minimum: 0 })
})

/** "Which events have you given up on?", oldest first. */
export const listParkedIn = (service: EventSource) =>
  defineQuestion({
    service,
    method: 'list-parked',
    input: ParkedPage,
    output: Type.Object({
      parked: Type.Array(
        Type.Object({
          id: Type.Integer(),
          durable: Type.String(),
          /** Both null for something that is no event at all. */
          event_id: Nullable(Type.String()),
          type: Nullable(Type.String()),
          /** Its beginning. */
          reason: Type.String(),
          parked_at: Timestamp
        })
      ),
      next: Nullable(Type.Integer())
    })
  })

/** "Try the events that you have given up on again." */
export const replayParkedIn = (service: EventSource) =>
  defineQuestion({
    service,
    method: 'replay-parked',
    input: ParkedPage,
    output: Type.Object({
      replayed: Type.Integer(),
      /** Failed again, or cannot be tried at all: they stay parked. */
      remaining: Type.Integer(),
      next: Nullable(Type.Integer())
    })
  })
