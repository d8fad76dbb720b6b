import type { BusLogin } from '@belay/contracts'
import { StartAborted } from './child.ts'
import { announceRunning, openDataFolder } from './data-folder.ts'
import { assertPortFree } from './ports.ts'
import { type Secrets, secretsOf } from './secrets.ts'
import { type ServerOptions, useNats, usePostgres } from './servers.ts'
import type { ServiceName } from './workspace.ts'
import { type RunningServices, startServices } from './services.ts'
import { startTogether } from './supervisor.ts'
import { closeWatchdog } from './watchdog.ts'

/** How to start everything. */
export interface SystemOptions extends ServerOptions {
  /** Contains the database, the streams and the secrets; kept between starts. */
  dataDir: string
  publicPort: number
  /** What the public door listens on; defaults to both addresses of localhost. */
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
  /** With the login of the system's operators. */
  natsUrl: string
  services: RunningServices
  stop(): Promise<void>
}

/**
 * Starts Postgres, NATS and every service on a data folder and resolves when all are ready. A process that dies is
 * restarted. A start that fails throws (a LaunchError in one line where the reason is known) and leaves nothing running.
 */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const running = new AsyncDisposableStack()
  try {
    const { publicPort, publicHost = 'localhost', env, replicas, entry, aborted, log } = options
    await assertPortFree(publicPort, publicHost)
    running.defer(closeWatchdog)
    const folder = await openDataFolder(options.dataDir)
    running.defer(() => folder.release())
    // Before the database exists: a start that is interrupted in between must not look like damage to the next.
    const secrets = secretsOf(folder.path)
    const { postgresUrl, natsUrl } = await startServers(options, folder.path, secrets, running)
    if (aborted?.aborted) throw new StartAborted()
    const services = await startServices({
      postgresUrl,
      natsUrl,
      secrets,
      publicHost,
      publicPort,
      ...(env && { env }),
      ...(replicas && { replicas }),
      ...(entry && { entry }),
      aborted,
      supervise: true,
      log
    })
    running.defer(() => services.stop())
    const operator = { natsUrl: natsUrl('operator'), subscriberUrl: natsUrl('subscriber') }
    running.defer(announceRunning(folder.path, operator))
    return {
      url: `http://localhost:${publicPort}`,
      postgresUrl,
      natsUrl: operator.natsUrl,
      services,
      stop: () => running.disposeAsync()
    }
  } catch (error) {
    await running.disposeAsync()
    throw error
  }
}

async function startServers(
  options: SystemOptions,
  folder: string,
  secrets: Secrets,
  running: AsyncDisposableStack
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
  running.defer(async () => void (await Promise.all(servers.map((server) => server.stop()))))
  return { postgresUrl, natsUrl }
}
