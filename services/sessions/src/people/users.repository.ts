import type { Account } from '@belay/contracts'
import type { Kysely, Transaction } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'

/** The accounts behind these ids; unknown and erased ones are left out. */
export async function listAccounts(db: Kysely<SessionsDatabase>, ids: readonly string[]) {
  return db
    .selectFrom('users')
    .select(['id', 'tier', 'role', 'disabled'])
    .where('id', 'in', ids)
    .where('deleted', '=', false)
    .execute()
}

export type AccountStatus = 'active' | 'disabled' | 'erased'

/**
 * Returns the status of these accounts, without unknown ones. Until the transaction ends no other transaction can disable,
 * erase or block them, while any number may hold this shared lock.
 */
export async function lockAccountStatuses(
  trx: Transaction<SessionsDatabase>,
  ids: readonly string[]
): Promise<ReadonlyMap<string, AccountStatus>> {
  const rows = await trx
    .selectFrom('users')
    .select(['id', 'disabled', 'deleted'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forShare()
    .execute()
  return new Map(rows.map((row) => [row.id, row.deleted ? 'erased' : row.disabled ? 'disabled' : 'active']))
}

/** Locks these people against `lockAccountStatuses` until the transaction ends. */
export async function lockUsers(trx: Transaction<SessionsDatabase>, ids: readonly string[]): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute()
}

/** Stores an account unless a later version of it is known. */
export async function upsertUser(trx: Transaction<SessionsDatabase>, account: Static<typeof Account>): Promise<void> {
  const { id, display_name, avatar, bio, tier, role, disabled, version } = account
  const values = { display_name, avatar, bio, tier, role, disabled, version }
  await trx
    .insertInto('users')
    .values({ id, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where('users.version', '<', version))
    .execute()
}

/** Removes a person's personal data. The row stays, so that sessions and gatherings keep both their people. */
export async function eraseUser(
  trx: Transaction<SessionsDatabase>,
  user: { id: string; version: number }
): Promise<void> {
  const blank = {
    display_name: 'Deleted user',
    avatar: null,
    bio: '',
    disabled: true,
    deleted: true,
    version: user.version
  }
  await trx
    .insertInto('users')
    .values({ id: user.id, tier: 'free', role: 'user', ...blank })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(blank).where('users.version', '<', user.version))
    .execute()
}
