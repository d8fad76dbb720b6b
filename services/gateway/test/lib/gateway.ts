import { loadConfig } from '@belay/config'
import { type Neighbour, Neighbours, systemRuntime } from '@belay/kit'
import { type Api, createApi } from '@belay/testing'
import { onTestFinished } from 'vitest'
import { buildApp } from '#src/app.ts'
import { configSchema } from '#src/config.ts'
import { findStandIn, portOf } from './stand-in.ts'

/** A gateway in the process of the running test. */
export interface TestGateway {
  url: string
  api: Api
  close(): Promise<void>
}

/** Starts a gateway in front of `upstream` (all services at once), with additional variables; pass `port` to replace one. */
export async function startGateway(
  upstream: string,
  env: Record<string, string> = {},
  port = 0,
  neighbours?: Neighbours
): Promise<TestGateway> {
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
  const app = await buildApp(config, { ...systemRuntime, neighbours })
  await app.listen({ host: '127.0.0.1', port })
  const close = () => app.close()
  onTestFinished(close)
  const url = `http://127.0.0.1:${portOf(app.server)}`
  return { url, api: createApi(url), close }
}

const variables = {
  people: 'PEOPLE_URL',
  sessions: 'SESSIONS_URL',
  chat: 'CHAT_URL',
  notifications: 'NOTIFICATIONS_URL',
  'realtime-gateway': 'REALTIME_URL'
} as const

/** The same, in one process with the stand-ins at these URLs: none of them gets a connection. */
async function startGatewayBeside(upstream: string, env: Record<string, string> = {}): Promise<TestGateway> {
  const neighbours = new Neighbours()
  for (const [service, variable] of Object.entries(variables)) {
    const { server } = findStandIn(env[variable] ?? upstream)
    server.on('connection', (connection) => connection.destroy(new Error('a request was passed on')))
    neighbours.add(service, {
      instanceId: service,
      request: (...handed) => void server.emit('request', ...handed),
      upgrade: (...handed) => void server.emit('upgrade', ...handed)
    } satisfies Neighbour)
  }
  return startGateway(upstream, env, 0, neighbours)
}

/** Whether the services are elsewhere or in the process of the gateway, clients and services see the same. */
export const compositions = [
  ['through the proxy', startGateway],
  ['within the process', startGatewayBeside]
] as const
