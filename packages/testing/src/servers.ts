import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDatabase,
  dropDatabase,
  type Log,
  type NatsUser,
  type RunningNats,
  type RunningPostgres,
  type Secrets,
  startNats,
  startPostgres
} from '@belay/launcher'
import { inject } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's URL of the run's Postgres. */
    postgresUrl: string
    /** The passwords of the services' roles in it. */
    testSecrets: Secrets
  }
}

/** The database that each test file's own is copied from: roles and empty schemas of all services. */
export const templateDatabase = 'belay_template'

/** An empty database for one test file. */
export interface TestDatabase {
  /** The superuser's URL. */
  url: string
  /** Drops it. */
  drop(): Promise<void>
}

/**
 * Creates a database in the run's Postgres, with the roles and the empty schemas of all services, or with
 * nothing in it at all (`bare`).
 */
export async function createTestDatabase(options: { bare?: boolean } = {}): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = await createDatabase(adminUrl, name, options.bare ? undefined : templateDatabase)
  return { url, drop: () => dropDatabase(adminUrl, name) }
}

/** Starts a nats-server on an empty folder with these logins; without any, every client may connect. */
export async function startTestNats(log: Log = () => undefined, users?: readonly NatsUser[]): Promise<RunningNats> {
  const folder = temporaryFolder()
  return removedAfter(await startNats({ dataDir: folder.path, users, log }), folder)
}

/** Starts a Postgres for tests that kill it. Its commits survive that; they would not survive a power cut. */
export async function startTestPostgres(log: Log = () => undefined): Promise<RunningPostgres> {
  const folder = temporaryFolder()
  return removedAfter(await startPostgres({ dataDir: folder.path, durable: false, log }), folder)
}

interface TemporaryFolder {
  path: string
  remove(): void
}

/** Creates a folder for the files of a test's servers. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'belay-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Has the folder removed once the server has been stopped. */
function removedAfter<Server extends { stop(): Promise<void> }>(server: Server, folder: TemporaryFolder): Server {
  const stop = server.stop.bind(server)
  server.stop = async () => {
    await stop()
    folder.remove()
  }
  return server
}
