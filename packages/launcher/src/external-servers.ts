import { connect } from 'node:net'
import pg from 'pg'
import { firstLine, LaunchError } from './launch-error.ts'

const answerWithinMs = 5_000

/** Throws a {@link LaunchError} when nobody can log in with this `DATABASE_URL`. */
export async function assertDatabaseReachable(url: string): Promise<void> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new LaunchError('DATABASE_URL must look like postgresql://user:password@host:port/database')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerWithinMs })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw new LaunchError(`cannot use the Postgres of DATABASE_URL: ${firstLine(error) || 'it does not answer'}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Whether the NATS of `NATS_URL` wants a login. Throws a {@link LaunchError} when none of its servers answers, or the one
 * that does has no JetStream.
 */
export async function natsWantsLogin(urls: string): Promise<boolean> {
  const greetings = await Promise.allSettled(urls.split(',').map((url) => greetingOf(url.trim())))
  const greeting = greetings.find((outcome) => outcome.status === 'fulfilled')?.value
  const failure = greetings.find((outcome) => outcome.status === 'rejected')
  if (greeting === undefined) throw new LaunchError(`cannot use the NATS of NATS_URL: ${firstLine(failure?.reason)}`)
  if (!/"jetstream":\s*true/.test(greeting))
    throw new LaunchError('the NATS of NATS_URL has no JetStream; start it with -js')
  return /"auth_required":\s*true/.test(greeting)
}

/** The INFO line with which a nats-server greets everybody. */
function greetingOf(address: string): Promise<string> {
  const url = new URL(/^\w+:\/\//.test(address) ? address : `nats://${address}`)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 4222) })
    socket.setTimeout(answerWithinMs, () => socket.destroy(new Error(`${url.host} does not answer`)))
    socket.once('error', reject)
    socket.once('data', (data) => {
      socket.destroy()
      resolve(String(data))
    })
    socket.once('close', () => reject(new Error(`${url.host} hangs up`)))
  })
}
