import type { Bus } from '@belay/bus'
import type { EventStore } from '@belay/events'
import { limitFrom, type Runtime } from '@belay/kit'
import fp from 'fastify-plugin'
import type { ChatConfig } from '#src/config.ts'
import { type Chat, type ChatLimits, createChat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'

declare module 'fastify' {
  interface FastifyInstance {
    chat: Chat
  }
}

interface ContextOptions {
  config: ChatConfig
  runtime: Runtime
  store: EventStore<ChatDatabase>
  bus: Bus
}

/** Decorates the server with the service's context, `app.chat`. */
export const context = fp<ContextOptions>(
  async (app, { config, runtime, store, bus }) => {
    const limits = limitsFrom(config)
    app.decorate('chat', createChat({ store, runtime, bus, logger: app.logger, limits }))
  },
  { name: 'chat.context' }
)

const minute = 60

function limitsFrom(config: ChatConfig): ChatLimits {
  const hourly = { windowSeconds: 60 * minute }
  return {
    session: limitFrom(config, 'LIMIT_MESSAGES_PER_HOUR', { name: 'messages', ...hourly }),
    direct: limitFrom(config, 'LIMIT_DIRECT_MESSAGES_PER_HOUR', { name: 'direct-messages', ...hourly }),
    socket: limitFrom(config, 'LIMIT_SOCKET_MESSAGES_PER_SECOND', { name: 'socket-messages', windowSeconds: 1 }),
    requests: limitFrom(config, 'LIMIT_MESSAGE_REQUESTS_PER_HOUR', { name: 'message-requests', ...hourly }),
    conversations: limitFrom(config, 'LIMIT_CONVERSATION_LISTS_PER_MINUTE', {
      name: 'conversation-lists',
      windowSeconds: minute
    }),
    conversationMessages: limitFrom(config, 'LIMIT_CONVERSATION_READS_PER_MINUTE', {
      name: 'conversation-reads',
      windowSeconds: minute
    }),
    socketReads: limitFrom(config, 'LIMIT_SOCKET_READ_MARKS_PER_MINUTE', {
      name: 'socket-read-marks',
      windowSeconds: minute
    })
  }
}
