import { randomUUID } from 'node:crypto'
import { type Bus, connectBus } from '@belay/bus'
import { type EventDefinition, type EventOf, listPresence, liveSubjects } from '@belay/contracts'
import { createLogger } from '@belay/kit'
import type { TestSystem } from '@belay/testing'
import { onTestFinished } from 'vitest'

/** Connects to the system's NATS until the test has finished. */
export async function connect(system: TestSystem): Promise<Bus> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const bus = await connectBus({ url: system.nats.url, name: 'notifications-test', log })
  onTestFinished(() => bus.close())
  return bus
}

/** An event as its service would have published it. */
export function eventOf<Definition extends EventDefinition>(
  definition: Definition,
  data: EventOf<Definition>['data']
): EventOf<Definition> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: `/belay/${definition.source}`,
    type: definition.type,
    subject: randomUUID(),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:${definition.type.replaceAll('.', ':')}`,
    data
  }
}

/** A realtime gateway as the notifications service sees one: it speaks the same signals, when the test wants it to. */
export class SpokenGateway {
  readonly id = randomUUID()
  readonly #bus: Bus
  #version = 0
  /** What it lists; each call is one that somebody has asked for. */
  readonly listings: { answer(list: { version: number; live: { thread_id: string; user_id: string }[] }): void }[] = []

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** From now on its list can be asked for. */
  async open(): Promise<void> {
    await this.#bus.answer(listPresence(this.id), () => new Promise((answer) => this.listings.push({ answer })))
  }

  change(thread_id: string, user_id: string, live: boolean, options: { heard: boolean } = { heard: true }): void {
    this.#version += 1
    if (options.heard) this.#tell({ kind: 'change', version: this.#version, thread_id, user_id, live })
  }

  lease(): void {
    this.#tell({ kind: 'lease', version: this.#version })
  }

  gone(): void {
    this.#tell({ kind: 'gone', version: this.#version })
  }

  #tell(signal: object): void {
    this.#bus.publishLive(liveSubjects.presence(this.id), { ...signal, gateway_id: this.id })
  }
}
