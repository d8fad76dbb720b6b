import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDatabase,
  dropDatabase,
  type Log,
  makeSecrets,
  type NatsUser,
  type RunningNats,
  type RunningPostgres,
  type Secrets,
  startNats,
  startPostgres
} from '@belay/launcher'
import { inject } from 'vitest'
import { templateDatabase } from './provided.ts'

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

/** A server whose files a test can damage or put back while it is down. */
export interface OnFolder {
  /** Gone once the server has been stopped. */
  dataDir: string
}

/** Starts a nats-server on an empty folder with these logins; without any, every client may connect. */
export async function startTestNats(
  log: Log = () => undefined,
  users?: readonly NatsUser[]
): Promise<RunningNats & OnFolder> {
  const folder = temporaryFolder()
  const nats = await startNats({ dataDir: folder.path, ...(users && { users }), log })
  return Object.assign(withCleanUp(nats, folder.remove), { dataDir: folder.path })
}

/** Starts a Postgres for tests that kill it. Its commits survive that; they would not survive a power cut. */
export async function startTestPostgres(log: Log = () => undefined): Promise<RunningPostgres & OnFolder> {
  const folder = temporaryFolder()
  const postgres = await startPostgres({ dataDir: folder.path, durable: false, log })
  return Object.assign(withCleanUp(postgres, folder.remove), { dataDir: folder.path })
}

/** Returns the passwords of the services' roles: of the run's Postgres, or new ones for a file's own Postgres. */
export function testSecrets(ownPostgres: boolean): Secrets {
  return ownPostgres ? makeSecrets() : inject('testSecrets')
}

function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'belay-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

function withCleanUp<Server extends { stop(): Promise<void> }>(server: Server, cleanUp: () => void): Server {
  const stop = server.stop.bind(server)
  server.stop = async () => {
    await stop()
    cleanUp()
  }
  return server
}
