import {
  authentication,
  createServer,
  createTokenVerifier,
  commands,
  registerBackbone,
  registerDoors,
  type Runtime,
  systemRuntime
} from '@belay/kit'
import { listAccounts } from '@belay/people-projection'
import type { FastifyInstance } from 'fastify'
import { migrations } from '#migrations'
import type { NotificationsConfig } from './config.ts'
import { cleanup } from './plugins/cleanup.ts'
import { context } from './plugins/context.ts'
import { unseenMessages } from './plugins/unseen-messages.ts'
import type { NotificationsDatabase } from './schema.ts'
import { subscribers } from './subscribers/index.ts'

/** The notifications service: each person's inbox, fed by events. */
export async function buildApp(
  config: NotificationsConfig,
  runtime: Runtime = systemRuntime
): Promise<FastifyInstance> {
  const app = createServer({ service: 'notifications', config, runtime })
  const { db, bus, store } = await registerBackbone<NotificationsDatabase>(app, {
    config,
    schema: 'notifications',
    migrations,
    subscribers: () => subscribers(app.notifications)
  })
  await app.register(context, { config, runtime, store, bus })
  const tokens = createTokenVerifier({ bus, config, clock: runtime.clock })
  await app.register(authentication, {
    verifyToken: tokens.verify,
    resolveTestUser: tokens.resolveTestUser,
    findAccounts: (ids) => listAccounts(db, ids),
    devTestAuth: config.DEV_TEST_AUTH
  })
  await app.register(commands(store))
  await app.register(cleanup)
  await app.register(unseenMessages, { intervalMs: config.UNREAD_CHECK_INTERVAL_MS })
  await registerDoors(app, import.meta.dirname)
  return app
}
