import type { RunOptions } from './child.ts'
import { freePorts } from './ports.ts'
import { inOneProcess, type Layout, type Place, serviceSpec } from './service-spec.ts'
import { type RunningServer, startSupervised } from './supervisor.ts'
import { type ServiceName, serviceNames } from './workspace.ts'

/** Which processes to start, and with which settings. */
export interface ServiceOptions {
  publicPort: number
  /** What the gateway listens on; defaults to both addresses of localhost. */
  publicHost?: string | undefined
  /** Passed on to the services; each gets its own secrets only. */
  env?: NodeJS.ProcessEnv | undefined
  /** Processes of a service; defaults to one. The gateway is always one. */
  replicas?: Partial<Record<ServiceName, number>> | undefined
  /**
   * Services that share one process: what they have for each other does not leave it, they start in a third of the processor
   * time, and killing or restarting one does it to all of them. None by default.
   */
  inOneProcess?: readonly ServiceName[] | undefined
  /** All services share that process, and no other on the same NATS runs one: live signals need no NATS. */
  soleProcess?: boolean | undefined
  /** Returns what Node gets to run a process instead of `usual`, the path of its program (tests). */
  nodeArguments?: ((usual: string, service: ServiceName, index: number) => string[]) | undefined
}

/** One process of a service. */
export interface ServiceProcess extends RunningServer, Place {}

/** Processes that stop together. */
interface RunningServices {
  processes: ServiceProcess[]
  stop(): Promise<void>
}

/** A free port may be taken before its service listens; then all start again on others. */
const portAttempts = 3

/** Starts the services and resolves when all are ready. When one fails it stops the others and rejects. */
export async function startServices(services: Omit<Layout, 'ports'>, run: RunOptions): Promise<RunningServices> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startGroups({ ...services, ports: await choosePorts(services) }, run)
    } catch (error) {
      if (attempt === portAttempts || !String(error).includes('EADDRINUSE')) throw error
    }
  }
}

async function choosePorts({ publicPort, replicas = {} }: ServiceOptions): Promise<Layout['ports']> {
  const countOf = (service: ServiceName) => (service === 'gateway' ? 0 : (replicas[service] ?? 1))
  const free = await freePorts(serviceNames.reduce((sum, service) => sum + countOf(service), 0))
  const take = (service: ServiceName) => free.splice(0, countOf(service))
  return {
    people: take('people'),
    sessions: take('sessions'),
    chat: take('chat'),
    notifications: take('notifications'),
    'realtime-gateway': take('realtime-gateway'),
    gateway: [publicPort]
  }
}

/** Starts all at the same time. When one fails, the other starts are aborted and those that run are stopped. */
async function startGroups(layout: Layout, run: RunOptions): Promise<RunningServices> {
  const failure = new AbortController()
  const aborted = run.aborted ? AbortSignal.any([run.aborted, failure.signal]) : failure.signal
  const outcomes = await Promise.allSettled(
    groupsOf(layout).map((places) =>
      startGroup(places, layout, { ...run, aborted }).catch((error: unknown) => {
        failure.abort(error)
        throw error
      })
    )
  )
  const groups = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const stop = async () => void (await Promise.all(groups.map((group) => group.stop())))
  if (failure.signal.aborted) {
    await stop()
    throw failure.signal.reason
  }
  return { processes: groups.flatMap(({ processes }) => processes), stop }
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
function groupsOf({ ports, inOneProcess: sharing = [] }: Layout): Place[][] {
  const places = startOrder.flatMap((service) => ports[service].map((port, index) => ({ service, index, port })))
  const shares = ({ service }: Place) => sharing.includes(service)
  const alone = places.filter((place) => !shares(place)).map((place) => [place])
  return [places.filter(shares), ...alone].filter((group) => group.length > 0)
}

async function startGroup(places: readonly Place[], layout: Layout, run: RunOptions): Promise<RunningServices> {
  const server = await startSupervised(inOneProcess(places.map((place) => serviceSpec(place, layout))), run)
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
