import type { BusLogin } from '@belay/contracts'
import { serviceUrl } from '@belay/db'
import type { Secrets } from './secrets.ts'
import { hasDatabase, type ServiceName } from './service-list.ts'

/** Where every process of the system listens. */
export interface Layout {
  postgresUrl: string
  natsUrl: (login: BusLogin) => string
  publicPort: number
  /** What the gateway listens on. */
  publicHost: string
  secrets: Secrets
  /** Internal ports of each service, one per replica. The gateway's is the public one. */
  ports: Record<ServiceName, number[]>
  /** The environment that is passed on. */
  env: NodeJS.ProcessEnv
}

/** Variables that only the service named here may see. */
const onlyFor: Readonly<Record<string, ServiceName>> = {
  ADMIN_EMAIL: 'people',
  ADMIN_PASSWORD: 'people',
  KEY_ENCRYPTION_SECRET: 'people'
}

/** Ours to set: what the caller's environment says under these names is meant for the launcher. */
const ownNames = /^(PORT|GATEWAY_SECRET|HOST|DATABASE_URL|NATS_URL|PUBLIC_URL|BELAY_.*|npm_.*|VITEST.*|NODE_OPTIONS)$/

/** The environment of one replica of a service: what it needs, and no other service's secrets. */
export function serviceEnv(service: ServiceName, port: number, layout: Layout): NodeJS.ProcessEnv {
  return {
    ...passedOn(service, layout.env),
    HOST: '127.0.0.1',
    PORT: String(port),
    ...own(service, layout)
  }
}

function passedOn(service: ServiceName, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !ownNames.test(name) && (onlyFor[name] ?? service) === service)
  return { NODE_ENV: 'development', ...Object.fromEntries(kept) }
}

function own(service: ServiceName, layout: Layout): NodeJS.ProcessEnv {
  const shared = {
    PUBLIC_URL: layout.env.PUBLIC_URL || `http://localhost:${layout.publicPort}`,
    GATEWAY_SECRET: layout.secrets.gatewaySecret
  }
  if (service === 'gateway')
    return { ...shared, ...upstreams(layout), HOST: layout.publicHost, PORT: String(layout.publicPort) }
  const common = { ...shared, NATS_URL: layout.natsUrl(service) }
  if (!hasDatabase(service)) return common
  const database = { DATABASE_URL: serviceUrl(layout.postgresUrl, service, layout.secrets.databasePasswords[service]) }
  if (service !== 'people') return { ...common, ...database }
  const KEY_ENCRYPTION_SECRET = layout.env.KEY_ENCRYPTION_SECRET || layout.secrets.keyEncryptionSecret
  return { ...common, ...database, KEY_ENCRYPTION_SECRET }
}

function upstreams(layout: Layout): NodeJS.ProcessEnv {
  const urls = (service: ServiceName) => layout.ports[service].map((port) => `http://127.0.0.1:${port}`).join(',')
  return {
    PEOPLE_URL: urls('people'),
    SESSIONS_URL: urls('sessions'),
    CHAT_URL: urls('chat'),
    NOTIFICATIONS_URL: urls('notifications'),
    REALTIME_URL: urls('realtime-gateway')
  }
}
