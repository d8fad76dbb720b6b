import type { Account } from '@belay/contracts'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Static } from 'typebox'
import type { NotificationsDatabase, UserRow } from '#src/schema.ts'

/** The accounts behind these ids; unknown and erased ones are left out. */
export async function listAccounts(db: Kysely<NotificationsDatabase>, ids: readonly string[]) {
  const { rows } = await sql<Pick<UserRow, 'id' | 'tier' | 'role' | 'disabled'>>`
    /* prepared */ select id, tier, role, disabled from users
    where id = any(${ids}::uuid[]) and not deleted`.execute(db)
  return rows
}

/** Somebody who may be told, or told of. An erased person's name is "Deleted user". */
export interface Person {
  id: string
  display_name: string
  deleted: boolean
}

/**
 * These people, as far as they are known here. None of them is erased before the transaction ends, so that nothing is
 * put into an inbox after it has been emptied.
 */
export async function lockPeople(
  trx: Transaction<NotificationsDatabase>,
  ids: Iterable<string>
): Promise<Map<string, Person>> {
  const { rows } = await sql<Person>`
    /* prepared */ select id, display_name, deleted from users
    where id = any(${[...new Set(ids)]}::uuid[]) order by id for share`.execute(trx)
  return new Map(rows.map((person) => [person.id, person]))
}

/**
 * The same people, kept from everybody who holds them by `lockPeople` until the transaction ends: what is written now
 * is seen by each notification that comes after it.
 */
export async function lockPeopleExclusively(
  trx: Transaction<NotificationsDatabase>,
  ids: Iterable<string>
): Promise<Map<string, Person>> {
  const { rows } = await sql<Person>`
    /* prepared */ select id, display_name, deleted from users
    where id = any(${[...new Set(ids)]}::uuid[]) order by id for no key update`.execute(trx)
  return new Map(rows.map((person) => [person.id, person]))
}

/** Stores an account unless a later version of it is known. */
export async function upsertUser(
  trx: Transaction<NotificationsDatabase>,
  account: Static<typeof Account>
): Promise<void> {
  const { id, display_name, avatar, tier, role, disabled, version } = account
  const values = { display_name, avatar, tier, role, disabled, version }
  await trx
    .insertInto('users')
    .values({ id, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where('users.version', '<', version))
    .execute()
}

/** Forgets who somebody was. */
export async function eraseUser(
  trx: Transaction<NotificationsDatabase>,
  user: { id: string; version: number }
): Promise<void> {
  const blank = { display_name: 'Deleted user', avatar: null, disabled: true, deleted: true, version: user.version }
  await trx
    .insertInto('users')
    .values({ id: user.id, tier: 'free', role: 'user', ...blank })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(blank).where('users.version', '<', user.version))
    .execute()
}
