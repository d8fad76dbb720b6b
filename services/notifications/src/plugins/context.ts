import type { Bus } from '@belay/bus'
import type { Store } from '@belay/events'
import type { Runtime } from '@belay/kit'
import fp from 'fastify-plugin'
import type { NotificationsConfig } from '#src/config.ts'
import { createNotifications, type Notifications } from '#src/context.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

declare module 'fastify' {
  interface FastifyInstance {
    notifications: Notifications
  }
}

interface ContextOptions {
  config: NotificationsConfig
  runtime: Runtime
  store: Store<NotificationsDatabase>
  bus: Bus
}

/** Decorates the server with the service's context, `app.notifications`. */
export const context = fp<ContextOptions>(
  async (app, { config, ...parts }) => {
    const unreadNotifyAfterMs = config.UNREAD_NOTIFY_AFTER_MS
    app.decorate('notifications', createNotifications({ ...parts, unreadNotifyAfterMs, logger: app.logger }))
    app.addHook('onClose', async () => app.notifications.presence.close())
  },
  { name: 'notifications.context' }
)
