import type { Account } from '@belay/contracts'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Static } from 'typebox'
import type { ChatDatabase, UserRow } from '#src/schema.ts'

/** The accounts behind these ids; unknown and erased ones are left out. */
export async function listAccounts(db: Kysely<ChatDatabase>, ids: readonly string[]) {
  const { rows } = await sql<Pick<UserRow, 'id' | 'tier' | 'role' | 'disabled'>>`
    /* prepared */ select id, tier, role, disabled from users
    where id = any(${ids}::uuid[]) and not deleted`.execute(db)
  return rows
}

/** Somebody as the chat knows them; undefined for unknown and erased people. */
export async function findUser(db: Kysely<ChatDatabase>, id: string) {
  return db
    .selectFrom('users')
    .select(['display_name', 'disabled'])
    .where('id', '=', id)
    .where('deleted', '=', false)
    .executeTakeFirst()
}

/** The name to show for somebody, or null when they are not known here yet. */
export async function findUserName(db: Kysely<ChatDatabase>, id: string): Promise<string | null> {
  const user = await db.selectFrom('users').select('display_name').where('id', '=', id).executeTakeFirst()
  return user?.display_name ?? null
}

/** Stores an account unless a later version of it is known. */
export async function upsertUser(trx: Transaction<ChatDatabase>, account: Static<typeof Account>): Promise<void> {
  const { id, display_name, avatar, tier, role, disabled, version } = account
  const values = { display_name, avatar, tier, role, disabled, version }
  await trx
    .insertInto('users')
    .values({ id, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where('users.version', '<', version))
    .execute()
}

/** Forgets who somebody was; their messages stay. */
export async function eraseUser(trx: Transaction<ChatDatabase>, user: { id: string; version: number }): Promise<void> {
  const blank = { display_name: 'Deleted user', avatar: null, disabled: true, deleted: true, version: user.version }
  await trx
    .insertInto('users')
    .values({ id: user.id, tier: 'free', role: 'user', ...blank })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(blank).where('users.version', '<', user.version))
    .execute()
}
