import {
  type EventDefinition,
  type EventEnvelope,
  EventEnvelopeSchema,
  type EventOf,
  type Fact
} from '@belay/contracts'
import type { JsMsg } from '@nats-io/jetstream'
import type { Static } from 'typebox'
import { conforms, describeFaults } from '../schema-check.ts'
import type { RawMessage } from '../types.ts'

/** A part of a message that is no event of its subject, and why. */
export interface Malformed {
  parked: RawMessage
  reason: string
}

/** What a message of the stream holds. */
interface ReadFact<Definition extends EventDefinition> {
  /** Undefined when nothing of the message is sound. */
  fact: Fact<EventOf<Definition>['data']> | undefined
  malformed: readonly Malformed[]
}

/** Reads a message of the stream: one event, or a batch as an array. */
export function readFact<Definition extends EventDefinition>(
  definition: Definition,
  message: Pick<JsMsg, 'data' | 'json' | 'subject'>,
  id: string
): ReadFact<Definition> {
  const park = (content: string, reason: string, at = id): Malformed => ({
    parked: { raw: content, subject: message.subject, id: at },
    reason
  })
  let content: unknown
  try {
    content = message.json()
  } catch {
    return { fact: undefined, malformed: [park(new TextDecoder().decode(message.data), 'not JSON')] }
  }
  if (!Array.isArray(content)) {
    const fact = readEvent(definition, content)
    return typeof fact === 'string'
      ? { fact: undefined, malformed: [park(new TextDecoder().decode(message.data), fact)] }
      : { fact, malformed: [] }
  }
  const events: EventOf<Definition>[] = []
  const malformed: Malformed[] = []
  for (const [index, part] of content.entries()) {
    const event = readEvent(definition, part)
    if (typeof event === 'string') malformed.push(park(JSON.stringify(part), event, `${id}:${index}`))
    else events.push(event)
  }
  return { fact: events.length === 0 ? undefined : { id, type: definition.type, events }, malformed }
}

/** The event, or in words why there is none. */
function readEvent<Definition extends EventDefinition>(
  definition: Definition,
  value: unknown
): EventOf<Definition> | string {
  if (!conforms(EventEnvelopeSchema, value)) return `envelope: ${describeFaults(EventEnvelopeSchema, value)}`
  if (value.type !== definition.type) return `type is not ${definition.type}`
  if (!hasData(definition, value)) return `data: ${describeFaults(definition.data, value.data)}`
  return value
}

function hasData<Definition extends EventDefinition>(
  definition: Definition,
  envelope: EventEnvelope
): envelope is EventEnvelope<Static<Definition['data']>> {
  return conforms(definition.data, envelope.data)
}
