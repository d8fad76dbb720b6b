import type { BusLogin } from '@belay/contracts'
import { StartAborted } from './child-spec.ts'
import { openDataFolder } from './data-folder.ts'
import { assertPortFree } from './ports.ts'
import { announceRunning } from './running.ts'
import { type Secrets, secretsOf } from './secrets.ts'
import { type ServerOptions, useNats, usePostgres } from './servers.ts'
import type { ServiceName } from './service-list.ts'
import { type RunningServices, startServices } from './services.ts'
import { startTogether } from './start-together.ts'
import { closeWatchdog } from './watchdog.ts'

/** How to start everything. */
export interface SystemOptions extends ServerOptions {
  /** Holds the database, the streams and the secrets; kept between starts. */
  dataDir: string
  publicPort: number
  /** What the public door listens on; both addresses of localhost unless told otherwise. */
  publicHost?: string
  /** Passed on to the services. */
  env?: NodeJS.ProcessEnv
  replicas?: Partial<Record<ServiceName, number>>
  /** What Node runs as a service, with arguments (tests); its `src/main.ts` by default. */
  entry?: (service: ServiceName) => string[]
}

/** Everything, running and supervised. */
export interface RunningSystem {
  url: string
  /** An administrator's URL of the system's database. */
  postgresUrl: string
  /** By which those who run the system reach NATS. */
  natsUrl: string
  services: RunningServices
  stop(): Promise<void>
}

type Stop = () => unknown

/**
 * Starts Postgres, NATS and every service on a data folder and resolves when all are ready. Whatever dies is started
 * again. A start that fails throws (a LaunchError in one clear line where the reason is known) and leaves nothing.
 */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  // Undone from the last to the first.
  const stops: Stop[] = []
  const stop = async () => {
    for (let undo = stops.pop(); undo; undo = stops.pop()) await undo()
  }
  try {
    return { ...(await startParts(options, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(options: SystemOptions, stops: Stop[]): Promise<Omit<RunningSystem, 'stop'>> {
  const publicHost = options.publicHost ?? 'localhost'
  await assertPortFree(options.publicPort, publicHost)
  stops.push(closeWatchdog)
  const folder = await openDataFolder(options.dataDir)
  stops.push(() => folder.release())
  // Before the database is there: a start that is cut off in between must not look like damage to the next.
  const secrets = secretsOf(folder.path)
  const { postgresUrl, natsUrl } = await startServers(options, folder.path, secrets, stops)
  if (options.aborted?.aborted) throw new StartAborted()
  const services = await startServices({
    postgresUrl,
    natsUrl,
    secrets,
    publicHost,
    publicPort: options.publicPort,
    env: options.env ?? {},
    replicas: options.replicas ?? {},
    ...(options.entry ? { entry: options.entry } : {}),
    aborted: options.aborted,
    supervise: true,
    log: options.log
  })
  stops.push(() => services.stop())
  const operator = { natsUrl: natsUrl('operator'), subscriberUrl: natsUrl('subscriber') }
  stops.push(announceRunning(folder.path, operator))
  return { url: `http://localhost:${options.publicPort}`, postgresUrl, natsUrl: operator.natsUrl, services }
}

async function startServers(
  options: SystemOptions,
  folder: string,
  secrets: Secrets,
  stops: Stop[]
): Promise<{ postgresUrl: string; natsUrl: (login: BusLogin) => string }> {
  let postgresUrl = ''
  let natsUrl: (login: BusLogin) => string = () => ''
  const servers = await startTogether<{ stop(): Promise<void> }>(
    [
      async (aborted) => {
        const postgres = await usePostgres({ ...options, aborted }, folder)
        postgresUrl = postgres.url
        return postgres
      },
      async (aborted) => {
        const nats = await useNats({ ...options, aborted }, folder, secrets.natsPasswords)
        natsUrl = nats.urlOf
        return nats
      }
    ],
    options.aborted
  )
  stops.push(() => Promise.all(servers.map((server) => server.stop())))
  return { postgresUrl, natsUrl }
}
