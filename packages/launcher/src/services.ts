import { type BusLogin, databaseServices } from '@belay/contracts'
import { provision } from '@belay/db'
import { firstLine, LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { freePorts } from './ports.ts'
import type { Secrets } from './secrets.ts'
import { inOneProcess, type Layout, type Place, serviceSpec } from './service-spec.ts'
import { type RunningServer, startSupervised, startTogether } from './supervisor.ts'
import { type ServiceName, serviceNames } from './workspace.ts'

/** How to start the services. */
export interface ServicesOptions {
  /** An administrator's URL, of the database to live in. */
  postgresUrl: string
  /** By which a login reaches NATS. */
  natsUrl: (login: BusLogin) => string
  publicPort: number
  /** What the gateway listens on; defaults to 127.0.0.1. */
  publicHost?: string
  secrets: Secrets
  /** Passed on to the services; each gets its own secrets only. */
  env?: NodeJS.ProcessEnv
  /** Processes of a service; defaults to one. The gateway is always one. */
  replicas?: Partial<Record<ServiceName, number>>
  /**
   * Services that share one process (tests): they start in a third of the processor time, and killing or restarting one
   * does it to all of them. None by default.
   */
  inOneProcess?: readonly ServiceName[]
  /** Restart a process that dies. */
  supervise?: boolean
  /** Roles and schemas exist already. */
  provisioned?: boolean
  /** What Node runs as a service, with arguments (tests); its `src/main.ts` by default. */
  entry?: (service: ServiceName) => string[]
  /** More of Node's flags for a process (tests). */
  flags?: (service: ServiceName, index: number) => string[]
  /** Aborts the start. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** One process of a service. */
export interface ServiceProcess extends RunningServer, Place {}

interface ServiceGroup {
  processes: ServiceProcess[]
  stop(): Promise<void>
}

/** All of them. */
export interface RunningServices extends ServiceGroup {
  url: string
}

/** A free port may be taken before its service listens; then all start again on others. */
const portAttempts = 3

/** Starts the services and resolves when all are ready. When one fails it stops the others and rejects. */
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
  const layout: Layout = { env: {}, publicHost: '127.0.0.1', ...options, ports: await choosePorts(options) }
  if (!options.provisioned) await provisionAll(options)
  const groups = await startTogether(
    groupsOf(layout, options).map(
      (places) => (aborted: AbortSignal) => startGroup(places, layout, { ...options, aborted })
    ),
    options.aborted
  )
  const stop = async () => void (await Promise.all(groups.map((group) => group.stop())))
  return {
    url: `http://127.0.0.1:${options.publicPort}`,
    processes: groups.flatMap(({ processes }) => processes),
    stop
  }
}

async function choosePorts(options: ServicesOptions): Promise<Layout['ports']> {
  const replicas = (service: ServiceName) => (service === 'gateway' ? 0 : (options.replicas?.[service] ?? 1))
  const free = await freePorts(serviceNames.reduce((sum, service) => sum + replicas(service), 0))
  const take = (service: ServiceName) => free.splice(0, replicas(service))
  return {
    people: take('people'),
    sessions: take('sessions'),
    chat: take('chat'),
    notifications: take('notifications'),
    'realtime-gateway': take('realtime-gateway'),
    gateway: [options.publicPort]
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

/** Within one process, people starts after the services it waits for when it registers the first administrator. */
const startOrder: readonly ServiceName[] = [
  'sessions',
  'chat',
  'notifications',
  'realtime-gateway',
  'people',
  'gateway'
]

/** The processes to start, each with what runs in it. */
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
