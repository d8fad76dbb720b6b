import type { Kysely, Selectable, Transaction } from 'kysely'
import type { BlockRow, PeopleDatabase } from '#src/schema.ts'

export type Block = Selectable<BlockRow>

/** Returns whether either of the two has blocked the other. */
export async function areBlocked(db: Kysely<PeopleDatabase>, one: string, other: string): Promise<boolean> {
  const block = await db
    .selectFrom('blocks')
    .select('id')
    .where('active', '=', true)
    .where((eb) =>
      eb.or([eb.and({ blocker_id: one, blocked_id: other }), eb.and({ blocker_id: other, blocked_id: one })])
    )
    .limit(1)
    .executeTakeFirst()
  return block !== undefined
}

/** Returns whether there is a block between the two, or one was lifted at or after a time. */
export async function hasBlockSince(
  trx: Transaction<PeopleDatabase>,
  [one, other]: readonly [string, string],
  time: Date
): Promise<boolean> {
  const block = await trx
    .selectFrom('blocks')
    .select('id')
    .where((eb) => eb.or([eb('active', '=', true), eb('updated_at', '>=', time)]))
    .where((eb) =>
      eb.or([eb.and({ blocker_id: one, blocked_id: other }), eb.and({ blocker_id: other, blocked_id: one })])
    )
    .executeTakeFirst()
  return block !== undefined
}

/** Returns the people whom this person has blocked, latest first. `before` is the id of the last block of the page before. */
export async function listBlockedUsers(
  db: Kysely<PeopleDatabase>,
  blockerId: string,
  page: { before?: string | undefined; limit: number }
) {
  let query = db
    .selectFrom('blocks')
    .innerJoin('users', 'users.id', 'blocks.blocked_id')
    .select(['blocks.id as block_id', 'users.id', 'users.display_name', 'users.profile_photos'])
    .where('blocks.blocker_id', '=', blockerId)
    .where('blocks.active', '=', true)
  if (page.before !== undefined) query = query.where('blocks.id', '<', page.before)
  return query.orderBy('blocks.id', 'desc').limit(page.limit).execute()
}

/** Activates a block; returns undefined when it was active. */
export async function activateBlock(
  trx: Transaction<PeopleDatabase>,
  block: { id: string; blocker_id: string; blocked_id: string; reason: string | null; now: Date }
): Promise<Block | undefined> {
  const { now, ...row } = block
  return trx
    .insertInto('blocks')
    .values({ ...row, active: true, version: 1, created_at: now, updated_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['blocker_id', 'blocked_id'])
        .doUpdateSet((eb) => ({
          id: row.id,
          reason: row.reason,
          active: true,
          version: eb('blocks.version', '+', 1),
          updated_at: now
        }))
        .where('blocks.active', '=', false)
    )
    .returningAll()
    .executeTakeFirst()
}

/** Deactivates a block; returns undefined when there was no active one. */
export async function deactivateBlock(
  trx: Transaction<PeopleDatabase>,
  block: { blocker_id: string; blocked_id: string; now: Date }
): Promise<Block | undefined> {
  return trx
    .updateTable('blocks')
    .set((eb) => ({ active: false, reason: null, version: eb('version', '+', 1), updated_at: block.now }))
    .where('blocker_id', '=', block.blocker_id)
    .where('blocked_id', '=', block.blocked_id)
    .where('active', '=', true)
    .returningAll()
    .executeTakeFirst()
}

/** Deletes every block by and of this person. Locks them in the order of their ids, as `renewBlocks` does. */
export async function deleteBlocksOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await trx
    .deleteFrom('blocks')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('blocks')
        .select('id')
        .where((or) => or.or([or('blocker_id', '=', userId), or('blocked_id', '=', userId)]))
        .orderBy('id')
        .forUpdate()
    )
    .execute()
}

/** Gives the next active blocks after an id a new version each, and returns them in the order of their ids. */
export async function renewBlocks(
  trx: Transaction<PeopleDatabase>,
  page: { afterId: string | null; limit: number }
): Promise<Block[]> {
  const blocks = await trx
    .updateTable('blocks')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('blocks')
        .select('id')
        .where('active', '=', true)
        .$if(page.afterId !== null, (query) => query.where('id', '>', page.afterId ?? ''))
        .orderBy('id')
        .limit(page.limit)
        .forUpdate()
    )
    .returningAll()
    .execute()
  return blocks.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
