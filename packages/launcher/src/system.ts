import { join } from 'node:path'
import { openDataFolder } from './data-folder.ts'
import { createDatabase } from './databases.ts'
import { StartAborted } from './child.ts'
import { assertDatabaseReachable, assertNatsReachable } from './external-servers.ts'
import type { Log } from './log.ts'
import { startNats } from './nats.ts'
import { assertPortFree } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { keepSecrets } from './secrets.ts'
import type { ServiceName } from './service-list.ts'
import { type RunningServices, startServices } from './services.ts'
import { startTogether } from './start-together.ts'
import { closeWatchdog } from './watchdog.ts'

/** How to start everything. */
export interface SystemOptions {
  /** Holds the database, the streams and the secrets; kept between starts. */
  dataDir: string
  publicPort: number
  /** What the public door listens on; both addresses of localhost unless told otherwise. */
  publicHost?: string
  /** A Postgres of one's own: an administrator's URL, of the database to live in. */
  databaseUrl?: string | undefined
  /** A NATS of one's own. */
  natsUrl?: string | undefined
  /** Passed on to the services. */
  env?: NodeJS.ProcessEnv
  replicas?: Partial<Record<ServiceName, number>>
  /** False trades safety on power loss for speed. */
  durable?: boolean
  /** What Node runs as a service, with arguments (tests); its `src/main.ts` by default. */
  entry?: (service: ServiceName) => string[]
  /** Gives the start up. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** Everything, running and supervised. */
export interface RunningSystem {
  url: string
  /** An administrator's URL of the system's database. */
  postgresUrl: string
  natsUrl: string
  services: RunningServices
  stop(): Promise<void>
}

interface Server {
  url: string
  stop(): Promise<void>
}

type Stop = () => unknown

const database = 'belay'

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
  const { postgresUrl, natsUrl } = await startServers(options, folder.path, stops)
  const secrets = keepSecrets(join(folder.path, 'secrets.json'))
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
  return { url: `http://localhost:${options.publicPort}`, postgresUrl, natsUrl, services }
}

async function startServers(options: SystemOptions, folder: string, stops: Stop[]): Promise<{ postgresUrl: string; natsUrl: string }> {
  let postgresUrl = ''
  let natsUrl = ''
  const servers = await startTogether(
    [
      async (aborted) => {
        const postgres = await usePostgres({ ...options, aborted }, folder)
        postgresUrl = postgres.url
        return postgres
      },
      async (aborted) => {
        const nats = await useNats({ ...options, aborted }, folder)
        natsUrl = nats.url
        return nats
      }
    ],
    options.aborted
  )
  stops.push(() => Promise.all(servers.map((server) => server.stop())))
  return { postgresUrl, natsUrl }
}

/** The caller's Postgres, or one of our own. */
async function usePostgres(options: SystemOptions, folder: string): Promise<Server> {
  if (options.databaseUrl) {
    await assertDatabaseReachable(options.databaseUrl)
    return { url: options.databaseUrl, stop: async () => undefined }
  }
  const { durable = true, aborted, log } = options
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable, supervise: true, aborted, log })
  try {
    return { url: await createDatabase(postgres.adminUrl, database), stop: () => postgres.stop() }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

/** The caller's NATS, or one of our own. */
async function useNats(options: SystemOptions, folder: string): Promise<Server> {
  if (options.natsUrl) {
    await assertNatsReachable(options.natsUrl)
    return { url: options.natsUrl, stop: async () => undefined }
  }
  return startNats({ dataDir: join(folder, 'nats'), supervise: true, aborted: options.aborted, log: options.log })
}
