import { randomUUID } from 'node:crypto'
import { type Bus, connectBus } from '@belay/bus'
import { listPresence, liveSubjects } from '@belay/contracts'
import { createLogger } from '@belay/kit'
import type { SharedSystem } from '@belay/testing'
import { onTestFinished } from 'vitest'

/** Connects to the system's NATS until the test has finished. */
export async function connect(system: SharedSystem): Promise<Bus> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const bus = await connectBus({ url: system.nats.url, name: 'notifications-test', log })
  onTestFinished(() => bus.close())
  return bus
}

/** A realtime gateway as the notifications service sees one: it sends the same signals, when the test wants it to. */
export class ScriptedGateway {
  readonly id = randomUUID()
  readonly #bus: Bus
  #version = 0
  /** One entry for each request for its list. */
  readonly listings: { answer(list: { version: number; live: { thread_id: string; user_id: string }[] }): void }[] = []

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** Makes its list available. */
  async open(): Promise<void> {
    await this.#bus.answer(listPresence(this.id), () => new Promise((answer) => this.listings.push({ answer })))
  }

  change(
    thread_id: string,
    user_id: string,
    live: boolean,
    options: { delivered: boolean } = { delivered: true }
  ): void {
    this.#version += 1
    if (options.delivered) this.#publish({ kind: 'change', version: this.#version, thread_id, user_id, live })
  }

  lease(): void {
    this.#publish({ kind: 'lease', version: this.#version })
  }

  gone(): void {
    this.#publish({ kind: 'gone', version: this.#version })
  }

  #publish(signal: object): void {
    this.#bus.publishLive(liveSubjects.presence(this.id), { ...signal, gateway_id: this.id })
  }
}
