import type { Bus } from '@belay/bus'
import type { EventStore } from '@belay/events'
import type { Limit, Runtime } from '@belay/kit'
import type { Logger } from 'pino'
import { createLive, type Live } from './live/live.ts'
import type { MessageLimits } from './messages/budgets.ts'
import { MessageLog } from './messages/message-log.ts'
import { SendCounts } from './messages/send-counts.ts'
import { Presence } from './presence/presence.ts'
import type { ChatDatabase } from './schema.ts'

/** The limits per person; null when limits are off. */
export interface ChatLimits extends MessageLimits {
  requests: Limit | null
  /** Pages of the list of conversations. */
  conversations: Limit | null
  /** Pages of messages of conversations. */
  conversationMessages: Limit | null
  /** Messages that are marked as read over sockets. */
  socketReads: Limit | null
}

/** What routes, subscribers and questions of this service work with. */
export interface Chat {
  store: EventStore<ChatDatabase>
  runtime: Runtime
  bus: Bus
  log: MessageLog
  limits: ChatLimits
  live: Live
  presence: Presence
  counts: SendCounts
}

/** Creates the context, which follows the realtime gateways until `presence.close()`. */
export function createChat({
  logger,
  ...parts
}: Omit<Chat, 'log' | 'live' | 'presence' | 'counts'> & { logger: Logger }): Chat {
  const { bus, store, runtime, limits } = parts
  const counts = new SendCounts()
  const live = createLive(bus, counts)
  const presence = new Presence({ bus, db: store.db, runtime, log: logger })
  const log = new MessageLog({ db: store.db, store, runtime, limits, log: logger, counts, publish: live.commit })
  return { ...parts, live, presence, log, counts }
}
