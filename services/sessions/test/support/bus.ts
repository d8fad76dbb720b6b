import { randomUUID } from 'node:crypto'
import { type Bus, connectBus } from '@belay/bus'
import { applyEventIn, type EventDefinition, type EventEnvelope, type EventOf } from '@belay/contracts'
import { createLogger } from '@belay/kit'
import type { TestSystem } from '@belay/testing'

/** Connects to the system's NATS for as long as the work takes. */
export async function withBus<T>(system: TestSystem, work: (bus: Bus) => Promise<T>): Promise<T> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const bus = await connectBus({ url: system.nats.url, name: 'sessions-test', log })
  try {
    return await work(bus)
  } finally {
    await bus.close()
  }
}

/** An event as its service would have published it at `time`. */
export function eventOf<Definition extends EventDefinition>(
  definition: Definition,
  data: EventOf<Definition>['data'],
  time = new Date()
): EventEnvelope {
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

/** Makes the sessions service apply an event now, whenever it says that it happened. */
export async function deliver(system: TestSystem, event: EventEnvelope): Promise<void> {
  await withBus(system, (bus) => bus.ask(applyEventIn('sessions', 'people'), event))
}
