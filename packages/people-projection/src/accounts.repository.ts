import type { EventOf, UserRegistered } from '@belay/contracts'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { UserRow } from './tables.ts'

/** Returns the accounts with these ids, without unknown and erased ones. */
export async function listAccounts<DB>(db: Kysely<DB>, ids: readonly string[]) {
  const { rows } = await sql<Pick<UserRow, 'id' | 'tier' | 'role' | 'disabled'>>`
    /* prepared */ select id, tier, role, disabled from users
    where id = any(${ids}::uuid[]) and not deleted`.execute(db)
  return rows
}

/** Returns undefined for unknown and erased people. */
export async function findUser<DB>(db: Kysely<DB>, id: string) {
  const { rows } = await sql<Pick<UserRow, 'display_name' | 'disabled'>>`
    /* prepared */ select display_name, disabled from users where id = ${id} and not deleted`.execute(db)
  return rows[0]
}

/** Returns the name to show, which is "Deleted user" for an erased person, or null for an unknown one. */
export async function findUserName<DB>(db: Kysely<DB>, id: string): Promise<string | null> {
  const { rows } = await sql<Pick<UserRow, 'display_name'>>`
    /* prepared */ select display_name from users where id = ${id}`.execute(db)
  return rows[0]?.display_name ?? null
}

/** A row that is locked until the transaction ends. */
interface LockedUser {
  id: string
  disabled: boolean
  deleted: boolean
}

/**
 * Returns the known ones of these people. None of them is disabled, erased or blocked before the transaction ends; any
 * number of transactions may hold them like this.
 */
export async function lockUsers<DB>(trx: Transaction<DB>, ids: Iterable<string>): Promise<Map<string, LockedUser>> {
  const { rows } = await sql<LockedUser>`
    /* prepared */ select id, disabled, deleted from users
    where id = any(${[...new Set(ids)]}::uuid[]) order by id for share`.execute(trx)
  return new Map(rows.map((user) => [user.id, user]))
}

/** Waits for every transaction that holds these people by `lockUsers`, and keeps new ones out. */
export async function lockUsersExclusively<DB>(
  trx: Transaction<DB>,
  ids: Iterable<string>
): Promise<Map<string, LockedUser>> {
  const { rows } = await sql<LockedUser>`
    /* prepared */ select id, disabled, deleted from users
    where id = any(${[...new Set(ids)]}::uuid[]) order by id for no key update`.execute(trx)
  return new Map(rows.map((user) => [user.id, user]))
}

class UnknownUser extends Error {
  constructor(id: string) {
    super(`the registration of ${id} has not arrived yet`)
    this.name = 'UnknownUser'
  }
}

/** Returns one of the locked people. Throws UnknownUser, so that the event is retried until the registration arrives. */
export function knownUser(users: ReadonlyMap<string, LockedUser>, id: string): LockedUser {
  const user = users.get(id)
  if (user === undefined) throw new UnknownUser(id)
  return user
}

/** Whether a person can take part in anything. */
export type AccountStatus = 'active' | 'disabled' | 'erased'

/** Locks these people as `lockUsers` does and returns the status of the known ones. */
export async function lockAccountStatuses<DB>(
  trx: Transaction<DB>,
  ids: readonly string[]
): Promise<ReadonlyMap<string, AccountStatus>> {
  const users = [...(await lockUsers(trx, ids)).values()]
  return new Map(users.map((user) => [user.id, user.deleted ? 'erased' : user.disabled ? 'disabled' : 'active']))
}

/** What some services keep of accounts besides: columns of their `users`, with their values for an erased person. */
const blankDetails = { bio: '', profile_photos: [], birthdate: null }
export type AccountDetail = keyof typeof blankDetails

/** Stores an account unless a later version of it is known. An older producer does not send every detail. */
export async function upsertUser<DB>(
  trx: Transaction<DB>,
  account: EventOf<typeof UserRegistered>['data'],
  keeps: readonly AccountDetail[]
): Promise<void> {
  // By name: a newer producer may add fields.
  const { id, display_name, avatar, tier, role, disabled, version } = account
  const sent = keeps.filter((detail) => account[detail] !== undefined)
  await upsert(trx, id, { display_name, avatar, tier, role, disabled, version, ...detailsOf(account, sent) })
}

/** Erases what is known of a person. The row stays as `Deleted user`, so that history keeps an author. */
export async function eraseUser<DB>(
  trx: Transaction<DB>,
  { id, version }: { id: string; version: number },
  keeps: readonly AccountDetail[]
): Promise<void> {
  const blank = {
    display_name: 'Deleted user',
    avatar: null,
    tier: 'free',
    role: 'user',
    disabled: true,
    deleted: true
  }
  await upsert(trx, id, { ...blank, version, ...detailsOf(blankDetails, keeps) })
}

function detailsOf(source: Readonly<Partial<Record<AccountDetail, unknown>>>, details: readonly AccountDetail[]) {
  return Object.fromEntries(details.map((detail) => [detail, source[detail]]))
}

async function upsert<DB>(trx: Transaction<DB>, id: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = Object.keys(values).map((column) => sql.ref(column))
  const changes = columns.map((column) => sql`${column} = excluded.${column}`)
  await sql`
    insert into users (id, ${sql.join(columns)}) values (${id}, ${sql.join(Object.values(values))})
    on conflict (id) do update set ${sql.join(changes)} where users.version < excluded.version`.execute(trx)
}
