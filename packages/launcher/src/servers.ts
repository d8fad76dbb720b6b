import { join } from 'node:path'
import pg from 'pg'
import { ChildFailed } from './child-spec.ts'
import { createDatabase } from './databases.ts'
import { assertDatabaseReachable, assertNatsReachable } from './external-servers.ts'
import { firstLine } from './launch-error.ts'
import type { Log } from './log.ts'
import { startNats } from './nats.ts'
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

/** The caller's NATS, or one of our own on the data folder. */
export async function useNats(options: ServerOptions, folder: string): Promise<Server> {
  if (options.natsUrl) {
    await assertNatsReachable(options.natsUrl)
    return { url: options.natsUrl, stop: async () => undefined }
  }
  const dataDir = join(folder, 'nats')
  const { aborted, log } = options
  return startNats({ dataDir, supervise: true, aborted, log }).catch((error: unknown) => {
    throw error instanceof ChildFailed ? damaged(dataDir, `NATS says: ${firstLine(error)}`) : error
  })
}
