import { type Bus, conforms } from '@belay/bus'
import { listPresence, liveSubjects, PresenceSignal } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import { type Announcement, followGateways } from '@belay/presence'
import type { Logger } from 'pino'

/** Who has a live socket in which thread, as the realtime gateways report it. */
export interface Presence {
  isLive(threadId: string, userId: string): boolean
  /**
   * Resolves when it is known who is live: at once, except shortly after the start or a lost connection, while the
   * gateways are still responding.
   */
  settled(): Promise<void>
  close(): void
}

/** What following the gateways needs. */
export interface PresenceParts {
  bus: Pick<Bus, 'ask' | 'listenLive' | 'onReconnect' | 'publishLive'>
  clock: Clock
  log: Logger
  /** Called for each person whose last connection to a thread on a gateway turned out to be dead. */
  onDead: (place: { thread_id: string; user_id: string }) => void
}

/** Follows every realtime gateway. */
export function followPresence({ onDead, ...parts }: PresenceParts): Presence {
  const { bus } = parts
  const live = followGateways({
    ...parts,
    listen: (apply) =>
      bus.listenLive(liveSubjects.everyPresence, (signal) => {
        if (!conforms(PresenceSignal, signal)) return
        apply(announcementOf(signal))
        if (signal.kind === 'change' && signal.dead === true) {
          onDead({ thread_id: signal.thread_id, user_id: signal.user_id })
        }
      }),
    call: () => bus.publishLive(liveSubjects.presenceCall, {}),
    list: async (gatewayId) => {
      const list = await bus.ask(listPresence(gatewayId), {})
      return { version: list.version, keys: list.live.map(({ thread_id, user_id }) => keyOf(thread_id, user_id)) }
    }
  })
  return {
    isLive: (threadId, userId) => live.has(keyOf(threadId, userId)),
    settled: () => live.settled(),
    close: () => live.close()
  }
}

function announcementOf(signal: PresenceSignal): Announcement {
  if (signal.kind !== 'change') return signal
  const { kind, gateway_id, version, thread_id, user_id, live } = signal
  return { kind, gateway_id, version, key: keyOf(thread_id, user_id), present: live }
}

function keyOf(threadId: string, userId: string): string {
  return `${threadId}/${userId}`
}
