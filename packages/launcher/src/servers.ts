import { connect } from 'node:net'
import { join } from 'node:path'
import type { BusLogin } from '@belay/contracts'
import pg from 'pg'
import { ChildFailed, type RunOptions } from './child.ts'
import { damaged, firstLine, LaunchError } from './launch-error.ts'
import { type NatsUser, natsUsers, type RunningNats, startNats, withLogin } from './nats.ts'
import { createDatabase, type RunningPostgres, startPostgres } from './postgres.ts'

/** Which servers the system works with. */
export interface ServerOptions {
  /** The caller's Postgres: an administrator's URL, with the database to use. */
  databaseUrl?: string | undefined
  /** The caller's NATS. */
  natsUrl?: string | undefined
  /** False trades safety on power loss for speed (tests). */
  durable?: boolean
  /** Logins of our own NATS besides those of the system (tests). */
  natsUsers?: readonly NatsUser[]
}

const database = 'belay'

/** Returns the URL of the caller's Postgres, or starts one on the data folder; the URL is an administrator's. */
export async function usePostgres(
  { databaseUrl, durable = true }: ServerOptions,
  folder: string,
  run: RunOptions
): Promise<{ url: string; server: RunningPostgres | undefined }> {
  if (databaseUrl) {
    await assertDatabaseReachable(databaseUrl)
    return { url: databaseUrl, server: undefined }
  }
  const dataDir = join(folder, 'postgres')
  const server = await startPostgres({ ...run, dataDir, durable })
  try {
    return { url: await createDatabase(server.adminUrl, database), server }
  } catch (error) {
    await server.stop()
    if (error instanceof pg.DatabaseError) throw damaged(dataDir, `Postgres says: ${firstLine(error)}`)
    throw error
  }
}

/**
 * Returns how logins connect to the caller's NATS, or starts one on the data folder that admits only the logins of
 * `passwords`. The caller's is used with the login in its URL; if there is none and it requires one, with ours.
 */
export async function useNats(
  { natsUrl, natsUsers: moreUsers = [] }: ServerOptions,
  folder: string,
  passwords: Readonly<Record<BusLogin, string>>,
  run: RunOptions
): Promise<{ urlOf: (login: BusLogin) => string; server: RunningNats | undefined }> {
  if (natsUrl) {
    const withOurs = (await natsWantsLogin(natsUrl)) && !natsUrl.includes('@')
    const urlOf = (login: BusLogin) => (withOurs ? withLogin(natsUrl, login, passwords[login]) : natsUrl)
    return { urlOf, server: undefined }
  }
  const dataDir = join(folder, 'nats')
  const users = [...natsUsers(passwords), ...moreUsers]
  const server = await startNats({ ...run, dataDir, users }).catch((error: unknown) => {
    throw error instanceof ChildFailed ? damaged(dataDir, `NATS says: ${firstLine(error)}`) : error
  })
  return { urlOf: (login) => withLogin(server.url, login, passwords[login]), server }
}

const answerWithinMs = 5_000

/** Throws a {@link LaunchError} when logging in with this `DATABASE_URL` fails. */
async function assertDatabaseReachable(url: string): Promise<void> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new LaunchError('DATABASE_URL must look like postgresql://user:password@host:port/database')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerWithinMs })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw new LaunchError(`cannot use the Postgres of DATABASE_URL: ${firstLine(error) || 'it does not respond'}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Whether the NATS of `NATS_URL` wants a login. Throws a {@link LaunchError} when none of its servers answers, or the one
 * that does has no JetStream.
 */
async function natsWantsLogin(urls: string): Promise<boolean> {
  const greetings = await Promise.allSettled(urls.split(',').map((url) => greetingOf(url.trim())))
  const greeting = greetings.find((outcome) => outcome.status === 'fulfilled')?.value
  const failure = greetings.find((outcome) => outcome.status === 'rejected')
  if (greeting === undefined) throw new LaunchError(`cannot use the NATS of NATS_URL: ${firstLine(failure?.reason)}`)
  if (!/"jetstream":\s*true/.test(greeting))
    throw new LaunchError('the NATS of NATS_URL has no JetStream; start it with -js')
  return /"auth_required":\s*true/.test(greeting)
}

/** Returns the INFO line that a nats-server sends to every new connection. */
function greetingOf(address: string): Promise<string> {
  const url = new URL(/^\w+:\/\//.test(address) ? address : `nats://${address}`)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 4222) })
    socket.setTimeout(answerWithinMs, () => socket.destroy(new Error(`${url.host} does not respond`)))
    socket.once('error', reject)
    socket.once('data', (data) => {
      socket.destroy()
      resolve(String(data))
    })
    socket.once('close', () => reject(new Error(`${url.host} closes the connection`)))
  })
}
