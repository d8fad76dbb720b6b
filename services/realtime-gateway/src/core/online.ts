import type { Bus } from '@belay/bus'
import { liveSubjects, onlineGraceMs } from '@belay/contracts'
import { Announcements } from './announcements.ts'

/** What fits into one answer of NATS (1 MiB). People beyond it count as offline. */
const maxListed = 20_000

export interface OnlineOptions {
  bus: Pick<Bus, 'publishLive' | 'listenLive' | 'onReconnect'>
  gatewayId: string
}

interface Person {
  connections: number
  /** Set while the last connection is gone and the person is still online. */
  leaving: NodeJS.Timeout | undefined
}

/**
 * Announces who is online here: from a person's first connection of any kind until 5 s after the last one closed, so that
 * a reconnect announces nothing.
 */
export class Online {
  readonly #announcements: Announcements<{ user_id: string; online: boolean }>
  readonly #people = new Map<string, Person>()

  constructor({ bus, gatewayId }: OnlineOptions) {
    this.#announcements = new Announcements({
      bus,
      gatewayId,
      publish: (signal) => bus.publishLive(liveSubjects.online(gatewayId), signal)
    })
  }

  start(): void {
    this.#announcements.start()
  }

  stop(): void {
    for (const { leaving } of this.#people.values()) clearTimeout(leaving)
    this.#people.clear()
    this.#announcements.stop()
  }

  /** A connection of a person was admitted. */
  connected(userId: string): void {
    const person = this.#people.get(userId)
    if (person === undefined) {
      this.#people.set(userId, { connections: 1, leaving: undefined })
      this.#announcements.change({ user_id: userId, online: true })
      return
    }
    clearTimeout(person.leaving)
    person.leaving = undefined
    person.connections += 1
  }

  /** An admitted connection of a person has ended. */
  disconnected(userId: string): void {
    const person = this.#people.get(userId)
    if (person === undefined) return
    person.connections -= 1
    if (person.connections > 0) return
    person.leaving = setTimeout(() => {
      this.#people.delete(userId)
      this.#announcements.change({ user_id: userId, online: false })
    }, onlineGraceMs)
  }

  /** Returns the current version, and as many of the people who are online as fit into one answer. */
  list(): { version: number; user_ids: string[] } {
    return { version: this.#announcements.version, user_ids: [...this.#people.keys()].slice(0, maxListed) }
  }
}
