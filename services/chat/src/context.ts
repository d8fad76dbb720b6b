import type { Bus } from '@belay/bus'
import type { Store } from '@belay/events'
import type { Limit, Runtime } from '@belay/kit'
import type { Logger } from 'pino'
import { createLive, type Live } from './live/live.ts'
import type { MessageLimits } from './messages/budgets.ts'
import { MessageLog } from './messages/message-log.ts'
import type { ChatDatabase } from './schema.ts'

/** The limits per person; null when limits are off. */
export interface ChatLimits extends MessageLimits {
  /** Pages of the list of conversations. */
  conversations: Limit | null
  /** Pages of messages of conversations. */
  conversationMessages: Limit | null
  /** Messages that are marked as read over sockets. */
  socketReads: Limit | null
}

/** What routes, subscribers and questions of this service work with. */
export interface Chat {
  store: Store<ChatDatabase>
  runtime: Runtime
  bus: Bus
  log: MessageLog
  limits: ChatLimits
  live: Live
}

/** Creates the context. */
export function createChat({ logger, ...parts }: Omit<Chat, 'log' | 'live'> & { logger: Logger }): Chat {
  const live = createLive(parts.bus)
  const { store, runtime, limits } = parts
  return { ...parts, live, log: new MessageLog({ store, runtime, limits, log: logger, publish: live.messages }) }
}
