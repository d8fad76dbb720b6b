import { Type } from 'typebox'
import { type EventApplier, EventEnvelopeSchema, type EventSource } from '../events/define-event.ts'
import { defineQuestion } from './define-question.ts'

/**
 * "Apply this event now": how a command makes another service's next answer obey it (reading your own writes). Asked
 * under the name of the event's source, so that no service can tell another what a third one has not published.
 */
export const applyEventIn = (service: EventApplier, source: EventSource) =>
  defineQuestion({
    service,
    method: `apply-event.${source}`,
    input: EventEnvelopeSchema,
    output: Type.Object({ applied: Type.Literal(true) })
  })
