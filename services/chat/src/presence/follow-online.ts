import { type Bus, conforms } from '@belay/bus'
import { listOnline, liveSubjects, onlineGraceMs, OnlineSignal, presenceLease } from '@belay/contracts'
import type { Clock } from '@belay/kit'
import { type Announcement, followGateways, type Present } from '@belay/presence'
import type { Logger } from 'pino'

/** What following the gateways needs. */
export interface FollowOnlineParts {
  bus: Pick<Bus, 'ask' | 'listenLive' | 'onReconnect' | 'publishLive'>
  clock: Clock
  log: Logger
  /** Called with the ids of people who came to or left a gateway. */
  onChange: (userIds: readonly string[]) => void
  /** Defaults to the time in which every gateway that is there renews its lease. */
  callAnsweredWithinMs?: number
}

/** Follows who is online on any realtime gateway. */
export function followOnline({ callAnsweredWithinMs = presenceLease.renewMs, ...parts }: FollowOnlineParts): Present {
  const { bus } = parts
  return followGateways({
    ...parts,
    callAnsweredWithinMs,
    keepGoneMs: onlineGraceMs,
    listen: (apply) =>
      bus.listenLive(liveSubjects.everyOnline, (signal) => {
        if (conforms(OnlineSignal, signal)) apply(announcementOf(signal))
      }),
    call: () => bus.publishLive(liveSubjects.presenceCall, {}),
    list: async (gatewayId) => {
      const { version, user_ids } = await bus.ask(listOnline(gatewayId), {})
      return { version, keys: user_ids }
    }
  })
}

function announcementOf(signal: OnlineSignal): Announcement {
  if (signal.kind !== 'change') return signal
  const { kind, gateway_id, version, user_id, online } = signal
  return { kind, gateway_id, version, key: user_id, present: online }
}
