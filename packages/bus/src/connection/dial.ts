import { inboxOf } from '@belay/contracts'
import { type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { BusTuning } from '../tuning.ts'

const DEFAULT_PORT = '4222'
/** Silent ping intervals after which a server counts as lost. */
const MAX_SILENT_PINGS = 2

/** One NATS client with its JetStream faces. */
export interface Client {
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
}

/** Connects once; from then on the client reconnects by itself without limit. Rejects when no server takes it now. */
export async function dial(options: { url: string; name: string; tuning: BusTuning }): Promise<Client> {
  const { url, name, tuning } = options
  const nc = await connect({
    ...parseUrl(url),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: tuning.reconnectWaitMs,
    reconnectJitter: tuning.reconnectWaitMs,
    timeout: tuning.connectTimeoutMs,
    pingInterval: tuning.pingIntervalMs,
    maxPingOut: MAX_SILENT_PINGS,
    ignoreAuthErrorAbort: true,
    // A stack trace for each request costs more than the request.
    noAsyncTraces: true,
    inboxPrefix: inboxOf(name)
  })
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: tuning.connectTimeoutMs })
  return { nc, jsm, js: jsm.jetstream() }
}

interface Servers {
  servers: string[]
  user?: string
  pass?: string
  token?: string
  tls?: Record<string, never>
}

/**
 * `[nats|tls]://[user:password@|token@]host[:port]`, several separated by commas. The client itself would take the
 * credentials for a part of the host; the first ones given hold for all servers.
 */
export function parseUrl(url: string): Servers {
  const urls = url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => new URL(part.includes('://') ? part : `nats://${part}`))
  const credentials = urls.find(({ username }) => username !== '')
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`),
    ...(credentials === undefined ? {} : readCredentials(credentials)),
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {})
  }
}

function readCredentials({ username, password }: URL): Pick<Servers, 'user' | 'pass' | 'token'> {
  const user = decodeURIComponent(username)
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) }
}
