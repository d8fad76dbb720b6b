import { type BusLogin, databaseServices } from '@belay/contracts'
import { provision } from '@belay/db'
import type { RunOptions } from './child.ts'
import { announceRunning, openDataFolder } from './data-folder.ts'
import { firstLine, LaunchError } from './launch-error.ts'
import type { RunningNats } from './nats.ts'
import { assertPortFree } from './ports.ts'
import type { RunningPostgres } from './postgres.ts'
import { type Secrets, secretsOf } from './secrets.ts'
import { type ServerOptions, useNats, usePostgres } from './servers.ts'
import { type ServiceOptions, type ServiceProcess, startServices } from './services.ts'

/** How to start everything; `supervise` defaults to true. */
export interface SystemOptions extends ServerOptions, ServiceOptions, Omit<RunOptions, 'lock'> {
  /** Contains the database, the streams and the secrets; kept between starts. */
  dataDir: string
  /** Those of a database that was provisioned with them (tests); by default the data folder's. */
  secrets?: Secrets | undefined
}

/** Everything, running. */
export interface RunningSystem {
  url: string
  /** An administrator's URL of the system's database. */
  postgresUrl: string
  /** By which a login connects to NATS. */
  natsUrl(login: BusLogin): string
  /** Undefined where it is the caller's. */
  postgres: RunningPostgres | undefined
  /** Undefined where it is the caller's. */
  nats: RunningNats | undefined
  processes: readonly ServiceProcess[]
  secrets: Secrets
  stop(): Promise<void>
}

/**
 * Starts Postgres, NATS and every service on a data folder and resolves when all are ready. A start that fails throws (a
 * LaunchError in one line where the reason is known) and leaves nothing running.
 */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const running = new AsyncDisposableStack()
  try {
    const { publicPort, publicHost = 'localhost' } = options
    await assertPortFree(publicPort, publicHost)
    const folder = await openDataFolder(options.dataDir)
    running.defer(folder.release)
    const run = { supervise: true, ...options, lock: folder.lock }
    // Before the database exists: a start that is interrupted in between must not look like damage to the next.
    const secrets = options.secrets ?? secretsOf(folder.path)
    const postgres = await usePostgres(options, folder.path, run)
    running.defer(async () => postgres.server?.stop())
    const nats = await useNats(options, folder.path, secrets.natsPasswords, run)
    running.defer(async () => nats.server?.stop())
    if (options.secrets === undefined) await provisionServices(postgres.url, secrets)
    const services = { ...options, publicHost, postgresUrl: postgres.url, natsUrl: nats.urlOf, secrets }
    const { processes, stop } = await startServices(services, run)
    running.defer(stop)
    running.defer(
      announceRunning(folder.path, { natsUrl: nats.urlOf('operator'), subscriberUrl: nats.urlOf('subscriber') })
    )
    return {
      url: `http://${publicHost}:${publicPort}`,
      postgresUrl: postgres.url,
      natsUrl: nats.urlOf,
      postgres: postgres.server,
      nats: nats.server,
      processes,
      secrets,
      stop: () => running.disposeAsync()
    }
  } catch (error) {
    await running.disposeAsync()
    throw error
  }
}

/** Creates the role and the schema of each service in this database. */
export async function provisionServices(postgresUrl: string, { databasePasswords }: Secrets): Promise<void> {
  try {
    await provision(
      postgresUrl,
      databaseServices.map((name) => ({ name, password: databasePasswords[name] }))
    )
  } catch (error) {
    throw new LaunchError(`the database cannot be prepared: ${firstLine(error)}`, { cause: error })
  }
}
