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

/** The name to show for somebody, or null when they are not known here yet. */
export async function findUserName(db: Kysely<NotificationsDatabase>, id: string): Promise<string | null> {
  const user = await db.selectFrom('users').select('display_name').where('id', '=', id).executeTakeFirst()
  return user?.display_name ?? null
}

/** The names of these people, as far as they are known here. */
export async function listUserNames(
  db: Kysely<NotificationsDatabase>,
  ids: readonly string[]
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const users = await db
    .selectFrom('users')
    .select(['id', 'display_name'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(users.map((user) => [user.id, user.display_name]))
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
