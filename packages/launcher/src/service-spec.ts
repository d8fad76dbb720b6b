import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { BusLogin } from '@belay/contracts'
import { serviceUrl } from '@belay/db'
import type { ChildSpec } from './child.ts'
import { LaunchError } from './launch-error.ts'
import type { Secrets } from './secrets.ts'
import { sharedProcess } from './log.ts'
import type { ServiceOptions } from './services.ts'
import { cacheFolder, hasDatabase, type ServiceName, workspaceFolder } from './workspace.ts'

/** Where every process of the system listens, and what they share. */
export interface Layout extends ServiceOptions {
  postgresUrl: string
  /** By which a login reaches NATS. */
  natsUrl: (login: BusLogin) => string
  publicHost: string
  secrets: Secrets
  /** Internal ports of each service, one per replica. The gateway's is the public one. */
  ports: Record<ServiceName, number[]>
}

/** Variables that only the service named here may see. */
const onlyFor: Readonly<Record<string, ServiceName>> = {
  ADMIN_EMAIL: 'people',
  ADMIN_PASSWORD: 'people',
  KEY_ENCRYPTION_SECRET: 'people'
}

/** Set by the launcher; in the caller's environment these names are settings of the launcher. */
const ownNames =
  /^(PORT|GATEWAY_SECRET|SOLE_PROCESS|HOST|DATABASE_URL|NATS_URL|PUBLIC_URL|BELAY_.*|npm_.*|VITEST.*|NODE_OPTIONS)$/

/** The environment of one replica of a service, without the secrets of other services. */
function serviceEnv(service: ServiceName, port: number, layout: Layout): NodeJS.ProcessEnv {
  return {
    ...passedOn(service, layout.env ?? {}),
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
    PUBLIC_URL: layout.env?.PUBLIC_URL || `http://localhost:${layout.publicPort}`,
    GATEWAY_SECRET: layout.secrets.gatewaySecret,
    ...(layout.soleProcess && { SOLE_PROCESS: 'true' })
  }
  if (service === 'gateway')
    return { ...shared, ...upstreams(layout), HOST: layout.publicHost, PORT: String(layout.publicPort) }
  const common = { ...shared, NATS_URL: layout.natsUrl(service) }
  if (!hasDatabase(service)) return common
  const database = { DATABASE_URL: serviceUrl(layout.postgresUrl, service, layout.secrets.databasePasswords[service]) }
  if (service !== 'people') return { ...common, ...database }
  const KEY_ENCRYPTION_SECRET = layout.env?.KEY_ENCRYPTION_SECRET || layout.secrets.keyEncryptionSecret
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

/** Resolves once `GET <url>/readyz` returns 200; polls until `aborted`. */
async function untilReady(url: string, aborted: AbortSignal, onAnswer: (answer: string) => void): Promise<void> {
  while (!aborted.aborted) {
    const answer = await checkReadiness(url, aborted)
    if (answer === undefined) return
    onAnswer(answer)
    await wait(25, undefined, { signal: aborted })
  }
}

/** Returns undefined when it is ready, else the reason why not. */
async function checkReadiness(url: string, aborted: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([aborted, AbortSignal.timeout(2_000)])
    const response = await fetch(`${url}/readyz`, { signal })
    const body = await response.text()
    return response.status === 200
      ? undefined
      : `/readyz returns ${response.status} ${body.slice(0, 300).replaceAll(/\s+/g, ' ')}`
  } catch {
    return 'it does not respond yet'
  }
}

/** A replica of a service. */
export interface Place {
  service: ServiceName
  index: number
  port: number
}

/**
 * A waiting socket costs 10 KiB of memory instead of 18 when V8's young generation cannot grow with the crowd that
 * arrives.
 */
const nodeFlags: Partial<Record<ServiceName, readonly string[]>> = { 'realtime-gateway': ['--max-semi-space-size=16'] }

/** Returns how to run one replica of a service. */
export function serviceSpec({ service, index, port }: Place, layout: Layout): ChildSpec {
  const folder = join(workspaceFolder, 'services', service)
  const main = join(folder, 'src', 'main.ts')
  // Compiled code is kept between starts: it halves the time a service takes to come up.
  const compileCache = join(cacheFolder(layout.env), 'compiled')
  let lastAnswer = ''
  return {
    name: layout.ports[service].length > 1 ? `${service}-${index}` : service,
    command: process.execPath,
    args: [
      '--conditions=@belay/source',
      ...(nodeFlags[service] ?? []),
      ...(layout.nodeArguments?.(main, service, index) ?? [main])
    ],
    env: { NODE_COMPILE_CACHE: compileCache, ...serviceEnv(service, port, layout) },
    cwd: folder,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
    readyWithinMs: 60_000,
    ready: (over) => untilReady(`http://127.0.0.1:${port}`, over, (answer) => (lastAnswer = answer)),
    whyNotReady: () => `: ${lastAnswer}`
  }
}

const runner = join(import.meta.dirname, 'one-process-runner.ts')

/**
 * Returns the spec of one process that runs what all the specs would run, and is ready when all of them are. Each spec runs
 * a module, its last argument; the runner finds the environment of that module under its path.
 */
export function inOneProcess(specs: readonly ChildSpec[]): ChildSpec {
  const [first] = specs
  if (first === undefined) throw new LaunchError('no service to start')
  if (specs.length === 1) return first
  const parts = specs.map(({ args, env }) => ({ main: args.at(-1) ?? '', env: asText(env) }))
  return {
    ...first,
    name: sharedProcess,
    args: [...new Set(specs.flatMap(({ args }) => args.slice(0, -1))), runner, ...parts.map(({ main }) => main)],
    env: {
      NODE_COMPILE_CACHE: first.env['NODE_COMPILE_CACHE'],
      ...Object.fromEntries(parts.map(({ main, env }) => [main, env]))
    },
    // In the order in which they start.
    ready: async (over) => {
      for (const { ready } of specs) if (!(ready instanceof RegExp)) await ready(over)
    },
    whyNotReady: () => specs.map((spec) => `${spec.name}${spec.whyNotReady?.() ?? ''}`).join(', ')
  }
}

function asText(env: NodeJS.ProcessEnv): string {
  const set = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]]
  )
  return new URLSearchParams(set).toString()
}
