import { type Bus, connectBus } from '@belay/bus'
import { applyEventIn, type EventEnvelope } from '@belay/contracts'
import { createLogger } from '@belay/kit'
import type { SharedSystem } from '@belay/testing'

/** Connects to the system's NATS for as long as the work takes. */
export async function withBus<T>(system: SharedSystem, work: (bus: Bus) => Promise<T>): Promise<T> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const bus = await connectBus({ url: system.nats.url, name: 'sessions-test', log })
  try {
    return await work(bus)
  } finally {
    await bus.close()
  }
}

/** Makes the sessions service apply an event now, whenever it says that it happened. */
export async function deliver(system: SharedSystem, event: EventEnvelope): Promise<void> {
  await withBus(system, (bus) => bus.ask(applyEventIn('sessions', 'people'), event))
}
