import { type Bus, connectBus } from '@belay/bus'
import { applyEventIn, type EventEnvelope } from '@belay/contracts'
import { createLogger } from '@belay/kit'
import type { SharedSystem } from '@belay/testing'
import { onTestFinished } from 'vitest'

/** Connects to the system's NATS until the test has finished. */
export async function connect(system: SharedSystem): Promise<Bus> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const bus = await connectBus({ url: system.nats.url, name: 'chat-test', log })
  onTestFinished(() => bus.close())
  return bus
}

/** Makes the chat apply an event of the people service, as a command of that service does. */
export async function deliver(bus: Bus, event: EventEnvelope): Promise<void> {
  await bus.ask(applyEventIn('chat', 'people'), event)
}
