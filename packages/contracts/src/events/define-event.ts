import { type Static, type TSchema, Type } from 'typebox'
import type { DatabaseService } from '../services.ts'

/** One kind of fact. Published versions only ever gain optional fields. */
export interface EventDefinition<Data extends TSchema = TSchema> {
  /** The service that records it, in its own outbox. */
  readonly source: DatabaseService
  /** JetStream subject, `belay.evt.<service>.<entity>.<verb>.v<version>`. */
  readonly subject: string
  /** CloudEvents `type`: the subject without `evt.`. */
  readonly type: string
  readonly data: Data
  readonly description: string
  /** Services whose next responses depend on this event: its command succeeds only once they have applied it. */
  readonly appliedBy: readonly DatabaseService[]
  /** Services that only notify people of it: its command waits for them briefly and succeeds without them. */
  readonly informs: readonly DatabaseService[]
  /** Comes in numbers: the events of one commit travel as one `EventBatch`. No command waits for them. */
  readonly batched: boolean
}

/** What a command waits for after an event; nothing waits for batched ones. */
type Travel =
  | { batched?: false; appliedBy?: readonly DatabaseService[]; informs?: readonly DatabaseService[] }
  | { batched: true; appliedBy?: never; informs?: never }

/** Declares an event; the subject and the type follow from its names. */
export function defineEvent<Data extends TSchema>(
  event: {
    source: DatabaseService
    entity: string
    verb: string
    version: number
    description: string
    data: Data
  } & Travel
): EventDefinition<Data> {
  const name = `${event.source}.${event.entity}.${event.verb}.v${event.version}`
  return Object.freeze({
    source: event.source,
    subject: `belay.evt.${name}`,
    type: `belay.${name}`,
    data: event.data,
    description: event.description,
    appliedBy: event.appliedBy ?? [],
    informs: event.informs ?? [],
    batched: event.batched ?? false
  })
}

/** A CloudEvents 1.0 JSON envelope. `subject` is the id of the thing that changed. */
export interface EventEnvelope<Data = unknown> {
  specversion: '1.0'
  id: string
  source: string
  type: string
  subject: string
  time: string
  datacontenttype: 'application/json'
  dataschema: string
  data: Data
}

/**
 * Events of one commit and one type that travel as one message, in the CloudEvents JSON batch format. Its id never changes;
 * each event has one of its own as well.
 */
export interface EventBatch<Data = unknown> {
  id: string
  type: string
  events: readonly EventEnvelope<Data>[]
}

/** What one message of the stream holds. */
export type Fact<Data = unknown> = EventEnvelope<Data> | EventBatch<Data>

/** Returns a fact as it travels: one object, or an array. */
export function factJson(fact: Fact): string {
  return JSON.stringify('events' in fact ? fact.events : fact)
}

/** Returns the events of a fact, in their order. */
export function eventsOf<Data>(fact: Fact<Data>): readonly EventEnvelope<Data>[] {
  return 'events' in fact ? fact.events : [fact]
}

/** The envelope that a definition's events travel in. */
export type EventOf<Definition extends EventDefinition> = EventEnvelope<Static<Definition['data']>>

/** The envelope without its `data`, for validating received messages. */
export const EventEnvelopeSchema = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1 }),
  source: Type.String(),
  type: Type.String(),
  subject: Type.String(),
  time: Type.String(),
  datacontenttype: Type.Literal('application/json'),
  dataschema: Type.String(),
  data: Type.Unknown()
})

/** The JetStream subject of a fact: the type with `evt.` put back. */
export function subjectOf(fact: Pick<Fact, 'type'>): string {
  return fact.type.replace(/^belay\./, 'belay.evt.')
}
