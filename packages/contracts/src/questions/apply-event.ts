import { Type } from 'typebox'
import { type EventApplier, EventEnvelopeSchema, type EventSource } from '../events/define-event.ts'
import { defineQuestion } from './define-question.ts'

/**
 * "Apply this event now": how a command ensures that another service's next response reflects it (reading your own writes).
 * Each source asks on a subject of its own, so that no service can make another apply an event that a third one has not
 * published.
 */
export const applyEventIn = (service: EventApplier, source: EventSource) =>
  defineQuestion({
    service,
    method: `apply-event.${source}`,
    input: EventEnvelopeSchema,
    output: Type.Object({ applied: Type.Literal(true) })
  })
