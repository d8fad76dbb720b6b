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
import type { ChatConfig } from './config.ts'
import { followConnection } from './continuity/follow-connection.ts'
import { messageReferences } from './messages/sent-events.ts'
import { context } from './plugins/context.ts'
import { continuity } from './plugins/continuity.ts'
import { presence } from './plugins/presence.ts'
import { requestCopy } from './plugins/request-copy.ts'
import { sendMetrics } from './plugins/send-metrics.ts'
import { questions } from './questions/index.ts'
import type { ChatDatabase } from './schema.ts'
import { subscribers } from './subscribers/index.ts'

/** The chat service: threads, the message log and read marks. */
export async function buildApp(config: ChatConfig, runtime: Runtime = systemRuntime): Promise<FastifyInstance> {
  const app = createServer({ service: 'chat', config, runtime })
  const { db, bus, store } = await registerBackbone<ChatDatabase>(app, {
    config,
    schema: 'chat',
    migrations,
    references: [messageReferences],
    onConnect: (run) => followConnection(run, { newId: runtime.newId, log: app.logger }),
    subscribers: () => subscribers(app.chat),
    questions: () => questions(app.chat)
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
  await app.register(continuity, { db, intervalMs: config.CONTINUITY_CHECK_MS })
  await app.register(requestCopy)
  await app.register(presence)
  await app.register(sendMetrics)
  await registerDoors(app, import.meta.dirname)
  return app
}
