import { createServer, type Runtime, type Server, systemRuntime } from '@belay/kit'
import { type GatewayConfig, listOf } from './config.ts'
import docs from './plugins/docs.ts'
import guards, { answerHeadersOf } from './plugins/guards.ts'
import proxy, { proxyBodyLimitBytes } from './plugins/proxy.ts'
import readiness from './plugins/readiness.ts'
import sockets from './plugins/sockets.ts'
import upstreams from './plugins/upstreams.ts'

/** The gateway: the one public entry point. It only knows which service serves which path. */
export async function buildApp(config: GatewayConfig, runtime: Runtime = systemRuntime): Promise<Server> {
  const trustedProxies = listOf(config.TRUSTED_PROXIES)
  const app = createServer({
    service: 'gateway',
    config,
    runtime,
    openApi: false,
    trustedProxies,
    bodyLimitBytes: proxyBodyLimitBytes,
    answerHeaders: answerHeadersOf(config)
  })
  app.decorate('gatewaySecret', config.GATEWAY_SECRET)
  const urls = {
    people: listOf(config.PEOPLE_URL),
    sessions: listOf(config.SESSIONS_URL),
    chat: listOf(config.CHAT_URL),
    notifications: listOf(config.NOTIFICATIONS_URL)
  }
  const answerTimeoutMs = config.GATEWAY_ANSWER_TIMEOUT_MS
  const realtime = listOf(config.REALTIME_URL)
  await app.register(guards, { config })
  await app.register(upstreams, { urls, answerTimeoutMs })
  await app.register(proxy, { answerTimeoutMs })
  await app.register(sockets, { urls: realtime, answerTimeoutMs })
  await app.register(readiness, { services: { ...urls, 'realtime-gateway': realtime } })
  await app.register(docs, { publicUrl: config.PUBLIC_URL })
  return app
}
