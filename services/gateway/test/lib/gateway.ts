import { loadConfig } from '@belay/config'
import { type Api, createApi } from '@belay/testing'
import { onTestFinished } from 'vitest'
import { buildApp } from '#src/app.ts'
import { configSchema } from '#src/config.ts'
import { portOf } from './stand-in.ts'

/** A gateway in the process of the running test. */
export interface TestGateway {
  url: string
  api: Api
  close(): Promise<void>
}

/** Starts a gateway in front of `upstream` (all services at once), with additional variables; pass `port` to replace one. */
export async function startGateway(upstream: string, env: Record<string, string> = {}, port = 0): Promise<TestGateway> {
  const config = loadConfig(configSchema, {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    PEOPLE_URL: upstream,
    SESSIONS_URL: upstream,
    CHAT_URL: upstream,
    NOTIFICATIONS_URL: upstream,
    REALTIME_URL: upstream,
    ...env
  })
  const app = await buildApp(config)
  await app.listen({ host: '127.0.0.1', port })
  const close = () => app.close()
  onTestFinished(close)
  const url = `http://127.0.0.1:${portOf(app.server)}`
  return { url, api: createApi(url), close }
}
