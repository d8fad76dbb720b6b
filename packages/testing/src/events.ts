import { randomUUID } from 'node:crypto'
import type { EventDefinition, EventOf } from '@belay/contracts'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node'
import type { Json } from './api.ts'

/** A bare client of NATS; it takes the login out of the URL. */
export async function connectNats(natsUrl: string, options: ConnectionOptions = {}): Promise<NatsConnection> {
  const { host, username: user, password: pass } = new URL(natsUrl)
  return connect({ servers: host, name: 'belay-tests', ...(user !== '' && { user, pass }), ...options })
}

/** A fact as it lies in the stream (CloudEvents 1.0). */
export interface StoredEvent {
  id: string
  source: string
  type: string
  subject: string
  time: string
  data: Record<string, Json>
}

/**
 * Every event that the stream BELAY holds now, alone or in a batch, under a subject filter such as `belay.evt.sessions.>`, in
 * the stream's order. Poll it with `eventually` to wait for one.
 */
export async function collectEvents(system: { nats: { url: string } }, subjectFilter: string): Promise<StoredEvent[]> {
  const connection = await connectNats(system.nats.url)
  try {
    const consumer = await jetstream(connection).consumers.get('BELAY', { filter_subjects: subjectFilter })
    let left = (await consumer.info()).num_pending
    const events: StoredEvent[] = []
    while (left > 0) {
      const messages = await consumer.fetch({ max_messages: Math.min(left, 500), expires: 2_000 })
      for await (const message of messages) {
        events.push(...[message.json<StoredEvent | StoredEvent[]>()].flat())
        left = Math.min(left - 1, message.info.pending)
      }
    }
    return events
  } finally {
    await connection.close()
  }
}

/** Deletes the stream with everything in it, as a lost disk would. The services make a new, empty one. */
export async function loseStream(system: { nats: { url: string } }): Promise<void> {
  const connection = await connectNats(system.nats.url)
  try {
    await (await jetstreamManager(connection)).streams.delete('BELAY')
  } finally {
    await connection.close()
  }
}

/** An event as its service would have published it at `time`. */
export function eventOf<Definition extends EventDefinition>(
  definition: Definition,
  data: EventOf<Definition>['data'],
  time = new Date()
): EventOf<Definition> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: `/belay/${definition.source}`,
    type: definition.type,
    subject: randomUUID(),
    time: time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:${definition.type.replaceAll('.', ':')}`,
    data
  }
}
