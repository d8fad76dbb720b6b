import type { Bus } from '@belay/bus'
import type { Store } from '@belay/events'
import { limitFrom } from '@belay/kit'
import fp from 'fastify-plugin'
import type { SessionsConfig } from '#src/config.ts'
import { createSessions, type Sessions } from '#src/context.ts'
import type { SessionsDatabase } from '#src/schema.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions
  }
}

interface ContextOptions {
  config: SessionsConfig
  store: Store<SessionsDatabase>
  bus: Bus
}

/** Decorates the server with the service's context, `app.sessions`. */
export const context = fp<ContextOptions>(
  async (app, { config, store, bus }) => {
    const limit = limitFrom(config, 'LIMIT_INVITATIONS_PER_HOUR', { name: 'invitations', windowSeconds: 3600 })
    app.decorate('sessions', createSessions({ store, bus, invitationLimit: limit }))
  },
  { name: 'sessions.context' }
)
