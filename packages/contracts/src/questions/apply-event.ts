import { Type } from 'typebox'
import { EventEnvelopeSchema } from '../events/define-event.ts'
import type { DatabaseService } from '../services.ts'
import { defineQuestion } from './define-question.ts'

/**
 * "Apply this event now": how a command ensures that another service's next response reflects it (reading your own writes).
 * Each source asks on a subject of its own, so that no service can make another apply an event that a third one has not
 * published.
 */
export const applyEventIn = (service: DatabaseService, source: DatabaseService) =>
  defineQuestion({
    service,
    method: `apply-event.${source}`,
    input: EventEnvelopeSchema,
    output: Type.Object({ applied: Type.Literal(true) })
  })
