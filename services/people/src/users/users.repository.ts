import { emailKey } from '@belay/kit'
import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { PeopleDatabase, UserRow } from '#src/schema.ts'

export type User = Selectable<UserRow>

/** What may change in an account. */
export type UserChanges = Partial<
  Pick<User, 'display_name' | 'bio' | 'birthdate' | 'profile_photos' | 'tier' | 'disabled'>
>

/** Returns an account that is not erased. */
export async function findUser(db: Kysely<PeopleDatabase>, id: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
}

/** The account of an email address, in any of its spellings. */
export async function findUserByEmail(db: Kysely<PeopleDatabase>, email: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('email_key', '=', emailKey(email)).executeTakeFirst()
}

/** Returns what authentication needs of these accounts, without unknown and erased ones. */
export async function listAccounts(db: Kysely<PeopleDatabase>, ids: readonly string[]) {
  return db
    .selectFrom('users')
    .select(['id', 'tier', 'role', 'disabled'])
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .execute()
}

/** Returns whether there is an administrator. */
export async function hasAdmin(db: Kysely<PeopleDatabase>): Promise<boolean> {
  const admin = await db
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return admin !== undefined
}

/** Returns an account that is not erased, locked against every change until the transaction ends. */
export async function lockUser(trx: Transaction<PeopleDatabase>, id: string): Promise<User | undefined> {
  return trx
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

/** Locks accounts against erasure, but not other changes, until the transaction ends; false when one of them is missing or erased. */
export async function lockUsersAgainstErasure(
  trx: Transaction<PeopleDatabase>,
  ids: readonly string[]
): Promise<boolean> {
  const living = await trx
    .selectFrom('users')
    .select('id')
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .forKeyShare()
    .execute()
  return living.length === ids.length
}

/**
 * Locks two people against erasure, and what there is between the two against every other change, until the transaction
 * ends. Returns false when one of them is missing or erased.
 */
export async function lockPair(trx: Transaction<PeopleDatabase>, one: string, other: string): Promise<boolean> {
  if (!(await lockUsersAgainstErasure(trx, [one, other]))) return false
  const name = `pair ${[one, other].toSorted().join(' ')}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
  return true
}

/** Stores a new account; undefined when its email address is taken. */
export async function insertUser(
  trx: Transaction<PeopleDatabase>,
  row: Omit<Insertable<UserRow>, 'email_key'>
): Promise<User | undefined> {
  return trx
    .insertInto('users')
    .values({ ...row, email_key: typeof row.email === 'string' ? emailKey(row.email) : null })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Stores a new account without an address, so that no other account can conflict with it. */
export async function insertUserWithoutEmail(
  trx: Transaction<PeopleDatabase>,
  row: Omit<Insertable<UserRow>, 'email' | 'email_key'>
): Promise<User> {
  return trx.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow()
}

/** Changes a locked account; its version grows by one. */
export async function updateUser(
  trx: Transaction<PeopleDatabase>,
  id: string,
  changes: UserChanges,
  now: Date
): Promise<User> {
  return trx
    .updateTable('users')
    .set({ ...changes, updated_at: now })
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Gives the next accounts after an id a new version each, and returns them in the order of their ids. */
export async function renewUsers(
  trx: Transaction<PeopleDatabase>,
  page: { afterId: string | null; limit: number }
): Promise<User[]> {
  const users = await trx
    .updateTable('users')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('users')
        .select('id')
        .where('deleted_at', 'is', null)
        .$if(page.afterId !== null, (query) => query.where('id', '>', page.afterId ?? ''))
        .orderBy('id')
        .limit(page.limit)
        .forNoKeyUpdate()
    )
    .returningAll()
    .execute()
  return users.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** Removes all personal data from an account; its row stays so that its events keep their order. */
export async function eraseUser(trx: Transaction<PeopleDatabase>, id: string, now: Date): Promise<User> {
  return trx
    .updateTable('users')
    .set({
      email: null,
      email_key: null,
      password_hash: null,
      display_name: 'Deleted user',
      bio: '',
      birthdate: null,
      profile_photos: [],
      tier: 'free',
      role: 'user',
      updated_at: now,
      deleted_at: now
    })
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
