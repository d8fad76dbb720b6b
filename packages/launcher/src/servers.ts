import { connect } from 'node:net'
import { join } from 'node:path'
import type { BusLogin } from '@belay/contracts'
import pg from 'pg'
import { ChildFailed } from './child.ts'
import { damaged, firstLine, LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { natsUsers, startNats, withLogin } from './nats.ts'
import { createDatabase, startPostgres } from './postgres.ts'

/** Which servers the system works with. */
export interface ServerOptions {
  /** The caller's Postgres: an administrator's URL, with the database to use. */
  databaseUrl?: string | undefined
  /** The caller's NATS. */
  natsUrl?: string | undefined
  /** False trades safety on power loss for speed. */
  durable?: boolean
  /** Aborts the start. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** A running server, the caller's or ours. */
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
 * Returns the caller's NATS, or starts one on the data folder that admits only the logins of `passwords`. The caller's is
 * used with the login in its URL; if there is none and it requires one, with ours.
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
