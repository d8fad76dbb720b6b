import { join } from 'node:path'
import {
  authentication,
  createServer,
  createTokenVerifier,
  commands,
  registerBackbone,
  type Runtime,
  systemRuntime
} from '@belay/kit'
import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'
import { migrations } from '#migrations'
import type { NotificationsConfig } from './config.ts'
import type { Inbox } from './inbox.ts'
import { listAccounts } from './people/users.repository.ts'
import { unseenMessages } from './plugins/unseen-messages.ts'
import { upkeep } from './plugins/upkeep.ts'
import { followPresence } from './presence/presence.ts'
import type { NotificationsDatabase } from './schema.ts'
import { subscribers } from './subscribers/index.ts'
import { Drops } from './unseen/drops.ts'

declare module 'fastify' {
  interface FastifyInstance {
    inbox: Inbox
  }
}

/** The notifications service: everybody's inbox, fed by events. */
export async function buildApp(
  config: NotificationsConfig,
  runtime: Runtime = systemRuntime
): Promise<FastifyInstance> {
  const app = createServer({ service: 'notifications', config, runtime })
  const { db, bus, store } = await registerBackbone<NotificationsDatabase>(app, {
    config,
    schema: 'notifications',
    migrations,
    subscribers: () => subscribers(app.inbox)
  })
  const drops = new Drops()
  const presence = followPresence({ bus, clock: runtime.clock, log: app.logger, dropped: (place) => drops.add(place) })
  app.addHook('onClose', async () => presence.close())
  app.decorate('inbox', { store, runtime, bus, presence, unreadNotifyAfterMs: config.UNREAD_NOTIFY_AFTER_MS })
  await app.register(authentication, {
    verifyToken: createTokenVerifier({ bus, config, clock: runtime.clock }).verify,
    findAccounts: (ids) => listAccounts(db, ids),
    devTestAuth: config.DEV_TEST_AUTH
  })
  await app.register(commands(store))
  await app.register(upkeep)
  await app.register(unseenMessages, { drops, intervalMs: config.UNREAD_CHECK_INTERVAL_MS })
  await app.register(autoload, { dir: join(import.meta.dirname, 'doors/send-buddy/routes'), routeParams: true })
  return app
}
