import {
  authentication,
  createServer,
  createTokenVerifier,
  commands,
  registerBackbone,
  registerDoors,
  type Runtime,
  type Server,
  systemRuntime
} from '@belay/kit'
import { listAccounts } from '@belay/people-projection'
import { migrations } from '#migrations'
import type { SessionsConfig } from './config.ts'
import { autoCompletion } from './plugins/auto-completion.ts'
import { context } from './plugins/context.ts'
import { questions } from './questions/index.ts'
import type { SessionsDatabase } from './schema.ts'
import { subscribers } from './subscribers/index.ts'

/** The sessions service: trips, sessions and feedback; gatherings, requests to join and bookings. */
export async function buildApp(config: SessionsConfig, runtime: Runtime = systemRuntime): Promise<Server> {
  const app = createServer({ service: 'sessions', config, runtime })
  const { db, bus, store } = await registerBackbone<SessionsDatabase>(app, {
    config,
    schema: 'sessions',
    migrations,
    subscribers,
    questions
  })
  await app.register(context, { config, store, bus })
  const tokens = createTokenVerifier({ bus, config, clock: runtime.clock })
  await app.register(authentication, {
    verifyToken: tokens.verify,
    resolveTestUser: tokens.resolveTestUser,
    findAccounts: (ids) => listAccounts(db, ids),
    devTestAuth: config.DEV_TEST_AUTH
  })
  await app.register(commands(store))
  await app.register(autoCompletion, { store, intervalMs: config.AUTO_COMPLETE_INTERVAL_MS })
  await registerDoors(app, import.meta.dirname)
  return app
}
