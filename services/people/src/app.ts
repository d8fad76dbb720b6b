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
import { migrations } from '#migrations'
import type { PeopleConfig } from './config.ts'
import { resolveIdentity } from './identities/resolve-identity.ts'
import { cleanup } from './plugins/cleanup.ts'
import { context } from './plugins/context.ts'
import { firstAdmin } from './plugins/first-admin.ts'
import { refreshCookie } from './plugins/refresh-cookie.ts'
import { moderation } from './plugins/moderation.ts'
import { republication } from './plugins/republication.ts'
import { listQuestions } from './questions/index.ts'
import type { PeopleDatabase } from './schema.ts'
import { subscribers } from './subscribers/index.ts'
import { listAccounts } from './users/users.repository.ts'

/** The people service: accounts, tokens, profiles, likes and matches, blocks, administration. */
export async function buildApp(
  config: PeopleConfig,
  runtime: Runtime = systemRuntime,
  print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`)
): Promise<Server> {
  const app = createServer({ service: 'people', config, runtime })
  const { bus, store } = await registerBackbone<PeopleDatabase>(app, {
    config,
    schema: 'people',
    migrations,
    subscribers: () => subscribers(app.people),
    questions: () => listQuestions(app.people)
  })
  await app.register(moderation)
  await app.register(context, { config, runtime, store, bus, moderation: app.moderation })
  const tokens = createTokenVerifier({
    bus,
    config,
    clock: runtime.clock,
    fetchKeys: () => app.people.keys.listPublicKeys(),
    resolveIdentity: (identity) => resolveIdentity(app.people, identity)
  })
  await app.register(authentication, {
    verifyToken: tokens.verify,
    resolveTestUser: tokens.resolveTestUser,
    findAccounts: (ids) => listAccounts(store.db, ids),
    devTestAuth: config.DEV_TEST_AUTH
  })
  await app.register(commands(store))
  await app.register(refreshCookie, {
    publicUrl: config.PUBLIC_URL,
    maxAgeSeconds: config.REFRESH_TOKEN_TTL_SECONDS
  })
  await app.register(cleanup)
  await app.register(firstAdmin, { config, print })
  await app.register(republication)
  await registerDoors(app, import.meta.dirname)
  return app
}
