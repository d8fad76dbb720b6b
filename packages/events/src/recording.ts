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

/**
 * Records an event that is written to the outbox with the commit: it is published if and only if the transaction commits.
 * `subject` is the id of the thing that changed. Throws NotRecording outside `store.transaction`.
 */
export async function recordEvent<DB, Definition extends EventDefinition>(
  trx: Transaction<DB>,
  definition: Definition,
  item: { subject: string; data: EventOf<Definition>['data'] }
): Promise<EventOf<Definition>> {
  const [envelope] = await recordEvents(trx, definition, [item])
  if (envelope === undefined) throw new NotRecording()
  return envelope
}

/** `recordEvent` for many of one kind; they keep their order. */
export async function recordEvents<DB, Definition extends EventDefinition>(
  trx: Transaction<DB>,
  definition: Definition,
  items: readonly { subject: string; data: EventOf<Definition>['data'] }[]
): Promise<EventOf<Definition>[]> {
  const recording = recordingOf(trx)
  if (definition.source !== recording.source) throw new ForeignEvent(definition.type, recording.source)
  if (items.length === 0) return []
  const time = recording.clock.now().toISOString()
  const envelopes = items.map((item) => envelopeOf(definition, item, recording.newId(), time))
  const { appliedBy, informs } = definition
  for (const envelope of envelopes) recording.events.push({ envelope, appliedBy, informs })
  return envelopes
}

function envelopeOf<Definition extends EventDefinition>(
  definition: Definition,
  item: { subject: string; data: EventOf<Definition>['data'] },
  id: string,
  time: string
): EventOf<Definition> {
  return {
    specversion: '1.0',
    id,
    source: `/belay/${definition.source}`,
    type: definition.type,
    subject: item.subject,
    time,
    datacontenttype: 'application/json',
    dataschema: `urn:${definition.type.replaceAll('.', ':')}`,
    data: item.data
  }
}

/**
 * Runs a callback once the transaction has committed, before `store.transaction` resolves; never after a rollback.
 * What it throws is logged. For signals that may be lost: a crash right after the commit skips it.
 */
export function afterCommit<DB>(trx: Transaction<DB>, callback: () => unknown): void {
  recordingOf(trx).callbacks.push(callback)
}
