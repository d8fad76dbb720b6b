import { join } from 'node:path'
import type { BusLogin } from '@belay/contracts'
import pg from 'pg'
import { ChildFailed } from './child-spec.ts'
import { createDatabase } from './databases.ts'
import { assertDatabaseReachable, natsWantsLogin } from './external-servers.ts'
import { firstLine } from './launch-error.ts'
import type { Log } from './log.ts'
import { startNats } from './nats.ts'
import { natsUsers, withLogin } from './nats-config.ts'
import { startPostgres } from './postgres.ts'
import { damaged } from './postgres-cluster.ts'

/** Which servers the system works with. */
export interface ServerOptions {
  /** A Postgres of one's own: an administrator's URL, of the database to live in. */
  databaseUrl?: string | undefined
  /** A NATS of one's own. */
  natsUrl?: string | undefined
  /** False trades safety on power loss for speed. */
  durable?: boolean
  /** Gives the start up. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** A server that somebody runs. */
export interface Server {
  url: string
  stop(): Promise<void>
}

const database = 'belay'

/** The caller's Postgres, or one of our own on the data folder; the URL is an administrator's, of the system's database. */
export async function usePostgres(options: ServerOptions, folder: string): Promise<Server> {
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
    if (error instanceof pg.DatabaseError) throw damaged(join(folder, 'postgres'), `Postgres says: ${firstLine(error)}`)
    throw error
  }
}

/** A NATS with logins. */
export interface NatsServer {
  /** By which this login connects. */
  urlOf(login: BusLogin): string
  stop(): Promise<void>
}

/**
 * The caller's NATS, or one of our own on the data folder, which lets nobody in but the logins of `passwords`. The
 * caller's is used with the login in its URL; if there is none and it wants one, with ours.
 */
export async function useNats(
  options: ServerOptions,
  folder: string,
  passwords: Readonly<Record<BusLogin, string>>
): Promise<NatsServer> {
  const { natsUrl } = options
  if (natsUrl) {
    const withOurs = (await natsWantsLogin(natsUrl)) && !natsUrl.includes('@')
    const urlOf = (login: BusLogin) => (withOurs ? withLogin(natsUrl, login, passwords[login]) : natsUrl)
    return { urlOf, stop: async () => undefined }
  }
  const dataDir = join(folder, 'nats')
  const { aborted, log } = options
  const users = natsUsers(passwords)
  const nats = await startNats({ dataDir, users, supervise: true, aborted, log }).catch((error: unknown) => {
    throw error instanceof ChildFailed ? damaged(dataDir, `NATS says: ${firstLine(error)}`) : error
  })
  return { urlOf: (login) => withLogin(nats.url, login, passwords[login]), stop: () => nats.stop() }
}
