import { Type } from 'typebox'
import { type EventApplier, EventEnvelopeSchema } from '../events/define-event.ts'
import { defineQuestion } from './define-question.ts'

/** "Apply this event now": how a command makes another service's next answer obey it (reading your own writes). */
export const applyEventIn = (service: EventApplier) =>
  defineQuestion({
    service,
    method: 'apply-event',
    input: EventEnvelopeSchema,
    output: Type.Object({ applied: Type.Literal(true) })
  })
