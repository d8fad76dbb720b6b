import {
  authentication,
  createServer,
  createTokenVerifier,
  commands,
  limitFrom,
  registerBackbone,
  registerDoors,
  type Runtime,
  type Server,
  systemRuntime
} from '@belay/kit'
import { migrations } from '#migrations'
import { askChat } from './clients/chat.ts'
import type { SessionsConfig } from './config.ts'
import { listAccounts } from './people/users.repository.ts'
import type { Plans } from './plans.ts'
import { autoCompletion } from './plugins/auto-completion.ts'
import { questions } from './questions/index.ts'
import type { SessionsDatabase } from './schema.ts'
import { subscribers } from './subscribers/index.ts'

/** The sessions service: trips, invitations and what becomes of them, feedback; events, requests to join and bookings. */
export async function buildApp(config: SessionsConfig, runtime: Runtime = systemRuntime): Promise<Server> {
  const app = createServer({ service: 'sessions', config, runtime })
  const { db, bus, store } = await registerBackbone<SessionsDatabase>(app, {
    config,
    schema: 'sessions',
    migrations,
    subscribers,
    questions
  })
  const plans: Plans = {
    store,
    conversations: askChat(bus),
    invitationLimit: limitFrom(config, 'LIMIT_INVITATIONS_PER_HOUR', { name: 'invitations', windowSeconds: 3600 })
  }
  app.decorate('plans', plans)
  await app.register(authentication, {
    verifyToken: createTokenVerifier({ bus, config, clock: runtime.clock }).verify,
    findAccounts: (ids) => listAccounts(db, ids),
    devTestAuth: config.DEV_TEST_AUTH
  })
  await app.register(commands(store))
  await app.register(autoCompletion, { store, intervalMs: config.AUTO_COMPLETE_INTERVAL_MS })
  await registerDoors(app, import.meta.dirname)
  return app
}
