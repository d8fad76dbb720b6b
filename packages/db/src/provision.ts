import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import { plainName } from './errors.ts'

export interface ServiceLogin {
  /** Name of the service and of its schema; its role is `belay_<name>`. */
  name: string
  password: string
}

/** The URL that a service logs in with: the admin's server and database, the service's own role. */
export function serviceUrl(adminUrl: string, name: string, password: string): string {
  const url = new URL(adminUrl)
  // A socket directory travels in `?host=`; a URL without any host can hold no user.
  if (url.hostname === '') url.hostname = 'localhost'
  url.username = roleOf(name)
  url.password = encodeURIComponent(password)
  return url.href
}

/**
 * Gives every service a login role `belay_<name>` and a schema `<name>` that it owns, and takes the rights on `public`
 * from all roles, so that a service can touch nothing but its own schema. Safe to run again, and concurrently.
 */
export async function provision(adminUrl: string, services: ServiceLogin[]): Promise<void> {
  const admin = new Client({ connectionString: adminUrl, application_name: 'belay-provision' })
  admin.on('error', () => {})
  await admin.connect()
  try {
    for (const service of services) await provisionLogin(admin, adminUrl, service)
    await attempt(() => provisionSchemas(admin, services))
  } finally {
    await admin.end()
  }
}

/** Roles belong to the whole server: another database's provisioning may be at the same role this instant. */
async function provisionLogin(admin: Client, adminUrl: string, service: ServiceLogin): Promise<void> {
  await attempt(async () => {
    const role = escapeIdentifier(roleOf(service.name))
    const found = await admin.query('select from pg_roles where rolname = $1', [roleOf(service.name)])
    const isThere = found.rowCount !== 0
    if (isThere && (await canLogIn(serviceUrl(adminUrl, service.name, service.password)))) return
    await admin.query(`${isThere ? 'alter' : 'create'} role ${role} login password ${escapeLiteral(service.password)}`)
  })
}

async function provisionSchemas(admin: Client, services: ServiceLogin[]): Promise<void> {
  await admin.query('begin')
  try {
    await admin.query(`select pg_advisory_xact_lock(hashtextextended('belay provision', 0))`)
    const { rows } = await admin.query<{ database: string; super: boolean }>(
      'select current_database() as database, rolsuper as super from pg_roles where rolname = current_user'
    )
    const database = escapeIdentifier(rows[0]?.database ?? '')
    await admin.query('revoke all on schema public from public')
    for (const service of services) await provisionSchema(admin, service, database, rows[0]?.super === true)
    await admin.query('commit')
  } catch (error) {
    await admin.query('rollback')
    throw error
  }
}

async function provisionSchema(admin: Client, service: ServiceLogin, database: string, isSuper: boolean) {
  const role = escapeIdentifier(roleOf(service.name))
  const schema = escapeIdentifier(plainName(service.name))
  // Only a member of a role, or a superuser, may hand it a schema.
  if (!isSuper) await admin.query(`grant ${role} to current_user`)
  await admin.query(`grant connect on database ${database} to ${role}`)
  await admin.query(`create schema if not exists ${schema} authorization ${role}`)
  await admin.query(`alter schema ${schema} owner to ${role}`)
  await admin.query(`revoke all on schema ${schema} from public`)
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

/** Postgres refuses one of two concurrent changes of the same catalogue row; the loser tries again and finds it done. */
async function attempt(work: () => Promise<void>, triesLeft = 8): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (triesLeft === 0 || !isCatalogueRace(error)) throw error
    await attempt(work, triesLeft - 1)
  }
}

function isCatalogueRace(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const duplicate = error.code === '42710' || error.code === '23505' || error.code === '42P06'
  return duplicate || error.message.includes('tuple concurrently updated')
}

function roleOf(name: string): string {
  return `belay_${plainName(name)}`
}
