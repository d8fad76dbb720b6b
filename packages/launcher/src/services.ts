import { join } from 'node:path'
import type { BusLogin } from '@belay/contracts'
import { provision } from '@belay/db'
import { cacheFolder } from './cache-folder.ts'
import type { ChildSpec } from './child-spec.ts'
import { firstLine, LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { inOneProcess } from './one-process.ts'
import { freePorts } from './ports.ts'
import { untilReady } from './readiness.ts'
import type { Secrets } from './secrets.ts'
import { type Layout, serviceEnv } from './service-env.ts'
import { databaseServices, type ServiceName, serviceNames, workspaceFolder } from './service-list.ts'
import { startTogether } from './start-together.ts'
import { type RunningServer, startSupervised } from './supervisor.ts'

/** How to start the services. */
export interface ServicesOptions {
  /** An administrator's URL, of the database to live in. */
  postgresUrl: string
  /** By which a login reaches NATS. */
  natsUrl: (login: BusLogin) => string
  publicPort: number
  /** What the gateway listens on: 127.0.0.1 unless told otherwise. */
  publicHost?: string
  secrets: Secrets
  /** Passed on to the services, secrets only to whom they concern. */
  env?: NodeJS.ProcessEnv
  /** How many processes of a service; one unless told otherwise. The gateway is always one. */
  replicas?: Partial<Record<ServiceName, number>>
  /**
   * Services that share one process (tests): they start in a third of the processor time, and killing or restarting one
   * does it to all of them. None by default.
   */
  inOneProcess?: readonly ServiceName[]
  /** Start a process that dies again. */
  supervise?: boolean
  /** Roles and schemas are there already. */
  provisioned?: boolean
  /** What Node runs as a service, with arguments (tests); its `src/main.ts` by default. */
  entry?: (service: ServiceName) => string[]
  /** More of Node's flags for a process (tests). */
  flags?: (service: ServiceName, index: number) => string[]
  /** Gives the start up. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** One process of a service. */
export interface ServiceProcess extends RunningServer {
  service: ServiceName
  index: number
  port: number
}

interface ServiceGroup {
  processes: ServiceProcess[]
  stop(): Promise<void>
}

/** All of them. */
export interface RunningServices extends ServiceGroup {
  url: string
}

/** A port that was free may be taken by the time its service listens: then all start again on others. */
const portAttempts = 3

/** Starts every service as a process of its own and resolves when all are ready; leaves none behind when one fails. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnFreePorts(options)
    } catch (error) {
      if (attempt === portAttempts || !String(error).includes('EADDRINUSE')) throw error
    }
  }
}

async function startOnFreePorts(options: ServicesOptions): Promise<RunningServices> {
  const layout = await layOut(options)
  if (!options.provisioned) await provisionAll(options)
  const url = `http://127.0.0.1:${options.publicPort}`
  const groups = await startTogether(
    groupsOf(layout, options).map(
      (places) => (aborted: AbortSignal) => startGroup(places, layout, { ...options, aborted })
    ),
    options.aborted
  )
  const stop = async () => void (await Promise.all(groups.map((group) => group.stop())))
  return { url, processes: groups.flatMap(({ processes }) => processes), stop }
}

async function layOut(options: ServicesOptions): Promise<Layout> {
  const replicas = (service: ServiceName) => (service === 'gateway' ? 0 : (options.replicas?.[service] ?? 1))
  const free = await freePorts(serviceNames.reduce((sum, service) => sum + replicas(service), 0))
  const take = (service: ServiceName) => free.splice(0, replicas(service))
  return {
    postgresUrl: options.postgresUrl,
    natsUrl: options.natsUrl,
    publicPort: options.publicPort,
    publicHost: options.publicHost ?? '127.0.0.1',
    secrets: options.secrets,
    env: options.env ?? {},
    ports: {
      people: take('people'),
      sessions: take('sessions'),
      chat: take('chat'),
      notifications: take('notifications'),
      'realtime-gateway': take('realtime-gateway'),
      gateway: [options.publicPort]
    }
  }
}

async function provisionAll(options: ServicesOptions): Promise<void> {
  const { databasePasswords } = options.secrets
  try {
    await provision(
      options.postgresUrl,
      databaseServices.map((name) => ({ name, password: databasePasswords[name] }))
    )
  } catch (error) {
    throw new LaunchError(`the database cannot be prepared: ${firstLine(error)}`, { cause: error })
  }
}

type Place = Pick<ServiceProcess, 'service' | 'index' | 'port'>

/** Within one process, people starts after the services it waits for when it registers the first administrator. */
const startOrder: readonly ServiceName[] = [
  'sessions',
  'chat',
  'notifications',
  'realtime-gateway',
  'people',
  'gateway'
]

/** What runs in a process of its own, and what shares one. */
function groupsOf(layout: Layout, { inOneProcess: sharing = [] }: ServicesOptions): Place[][] {
  const places = startOrder.flatMap((service) => layout.ports[service].map((port, index) => ({ service, index, port })))
  const shares = ({ service }: Place) => sharing.includes(service)
  const alone = places.filter((place) => !shares(place)).map((place) => [place])
  return [places.filter(shares), ...alone].filter((group) => group.length > 0)
}

async function startGroup(places: readonly Place[], layout: Layout, options: ServicesOptions): Promise<ServiceGroup> {
  const specs = places.map((place) => serviceSpec(place, layout, options))
  const server = await startSupervised(inOneProcess(specs), options.supervise ?? false)
  const processes = places.map((place) => ({
    ...place,
    get pid() {
      return server.pid
    },
    kill: server.kill.bind(server),
    restart: server.restart.bind(server),
    stop: server.stop.bind(server)
  }))
  return { processes, stop: () => server.stop() }
}

/**
 * A waiting socket costs 10 KiB of memory instead of 18 when V8's young generation cannot grow with the crowd that
 * arrives.
 */
const nodeFlags: Partial<Record<ServiceName, readonly string[]>> = { 'realtime-gateway': ['--max-semi-space-size=16'] }

function serviceSpec({ service, index, port }: Place, layout: Layout, options: ServicesOptions): ChildSpec {
  const folder = join(workspaceFolder, 'services', service)
  const entry = options.entry?.(service) ?? [join(folder, 'src', 'main.ts')]
  // Compiled code is kept between starts: it halves the time a service takes to come up.
  const compileCache = join(cacheFolder(options.env), 'compiled')
  let lastAnswer = ''
  return {
    name: (options.replicas?.[service] ?? 1) > 1 ? `${service}-${index}` : service,
    command: process.execPath,
    args: [
      '--conditions=@belay/source',
      ...(nodeFlags[service] ?? []),
      ...(options.flags?.(service, index) ?? []),
      ...entry
    ],
    env: { NODE_COMPILE_CACHE: compileCache, ...serviceEnv(service, port, layout) },
    cwd: folder,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
    readyWithinMs: 60_000,
    ready: (over) => untilReady(`http://127.0.0.1:${port}`, over, (answer) => (lastAnswer = answer)),
    whyNotReady: () => `: ${lastAnswer}`,
    aborted: options.aborted,
    log: options.log
  }
}
