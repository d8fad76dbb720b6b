import type { EventDefinition, EventOf } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { AwaitedEvent } from './confirm.ts'
import { ForeignEvent, NotRecording } from './errors.ts'
import type { Clock } from './log.ts'

/** What a transaction of `store.transaction` gathers until it commits. */
export interface Recording {
  readonly source: string
  readonly clock: Clock
  readonly newId: () => string
  /** The event that a subscriber is applying, for the events that this causes. */
  readonly causeId: string | null
  readonly events: AwaitedEvent[]
  readonly callbacks: (() => unknown)[]
}

const recordings = new WeakMap<object, Recording>()

export function openRecording(trx: object, recording: Recording): void {
  recordings.set(trx, recording)
}

export function closeRecording(trx: object): void {
  recordings.delete(trx)
}

function recordingOf(trx: object): Recording {
  const recording = recordings.get(trx)
  if (recording === undefined) throw new NotRecording()
  return recording
}

/** What happened; `subject` is the id of the thing that changed. */
export interface NewEvent<Definition extends EventDefinition> {
  /** Of the event, where it follows from what happened; a new one by default. */
  id?: string
  /** When it happened, as ISO 8601; now by default. */
  time?: string
  subject: string
  data: EventOf<Definition>['data']
}

/**
 * Records an event that is written to the outbox with the commit: it is published if and only if the transaction commits.
 * `subject` is the id of the thing that changed. Throws NotRecording outside `store.transaction`.
 */
export async function recordEvent<DB, Definition extends EventDefinition>(
  trx: Transaction<DB>,
  definition: Definition,
  item: NewEvent<Definition>
): Promise<EventOf<Definition>> {
  const [envelope] = await recordEvents(trx, definition, [item])
  if (envelope === undefined) throw new NotRecording()
  return envelope
}

/** `recordEvent` for many of one kind; they keep their order. */
export async function recordEvents<DB, Definition extends EventDefinition>(
  trx: Transaction<DB>,
  definition: Definition,
  items: readonly NewEvent<Definition>[]
): Promise<EventOf<Definition>[]> {
  const recording = recordingOf(trx)
  if (definition.source !== recording.source) throw new ForeignEvent(definition.type, recording.source)
  if (items.length === 0) return []
  const time = recording.clock.now().toISOString()
  const envelopes = items.map((item) => envelopeOf(definition, { id: recording.newId(), time, ...item }))
  const { appliedBy, batched, informs } = definition
  for (const envelope of envelopes) recording.events.push({ envelope, appliedBy, informs, batched })
  return envelopes
}

/** Returns the envelope of an event. */
export function envelopeOf<Definition extends EventDefinition>(
  definition: Definition,
  { id, time, subject, data }: Required<NewEvent<Definition>>
): EventOf<Definition> {
  return {
    specversion: '1.0',
    id,
    source: `/belay/${definition.source}`,
    type: definition.type,
    subject,
    time,
    datacontenttype: 'application/json',
    dataschema: `urn:${definition.type.replaceAll('.', ':')}`,
    data
  }
}

/**
 * Runs a callback once the transaction has committed, before `store.transaction` resolves; never after a rollback.
 * What it throws is logged. For signals that may be lost: a crash right after the commit skips it.
 */
export function afterCommit<DB>(trx: Transaction<DB>, callback: () => unknown): void {
  recordingOf(trx).callbacks.push(callback)
}
