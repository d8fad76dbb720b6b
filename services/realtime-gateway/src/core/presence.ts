import type { Bus } from '@belay/bus'
import { liveSubjects } from '@belay/contracts'
import { Announcements } from './announcements.ts'

/** What fits into one answer of NATS (1 MiB). People beyond it count as away. */
const maxListed = 9_000

export interface PresenceOptions {
  bus: Pick<Bus, 'publishLive' | 'listenLive' | 'onReconnect'>
  gatewayId: string
}

/** Announces who has a live connection in which thread here. */
export class Presence {
  readonly #announcements: Announcements<{ thread_id: string; user_id: string; live: boolean; dead?: true }>

  constructor({ bus, gatewayId }: PresenceOptions) {
    this.#announcements = new Announcements({
      bus,
      gatewayId,
      publish: (signal) => bus.publishLive(liveSubjects.presence(gatewayId), signal)
    })
  }

  start(): void {
    this.#announcements.start()
  }

  stop(): void {
    this.#announcements.stop()
  }

  /** A person's first connection joined a thread. */
  entered(threadId: string, userId: string): void {
    this.#announcements.change({ thread_id: threadId, user_id: userId, live: true })
  }

  /** A person's last connection left a thread. `dead`: it did not answer any more. */
  left(threadId: string, userId: string, dead: boolean): void {
    this.#announcements.change({ thread_id: threadId, user_id: userId, live: false, ...(dead && { dead }) })
  }

  /** Returns the current version, and as many of the people who have joined as fit into one answer. */
  list<Joined>(joined: readonly Joined[]): { version: number; live: Joined[] } {
    return { version: this.#announcements.version, live: joined.slice(0, maxListed) }
  }
}
