import type { Kysely, Transaction } from 'kysely'
import type { BlockRow, SessionsDatabase } from '#src/schema.ts'

/** Returns whether either of the two blocks the other. */
export async function isBlockedEitherWay(db: Kysely<SessionsDatabase>, one: string, other: string): Promise<boolean> {
  const block = await db
    .selectFrom('blocks')
    .select('blocker_id')
    .where('active', '=', true)
    .where((where) =>
      where.or([
        where.and([where('blocker_id', '=', one), where('blocked_id', '=', other)]),
        where.and([where('blocker_id', '=', other), where('blocked_id', '=', one)])
      ])
    )
    .limit(1)
    .executeTakeFirst()
  return block !== undefined
}

/** Stores a block or its lifting; false when a later version of it is known. */
export async function upsertBlock(trx: Transaction<SessionsDatabase>, block: BlockRow): Promise<boolean> {
  const { blocker_id, blocked_id, active, version } = block
  const written = await trx
    .insertInto('blocks')
    .values({ blocker_id, blocked_id, active, version })
    .onConflict((conflict) =>
      conflict
        .columns(['blocker_id', 'blocked_id'])
        .doUpdateSet({ active, version })
        .where('blocks.version', '<', version)
    )
    .returning('version')
    .executeTakeFirst()
  return written !== undefined
}

/** Deletes every block by and of this person. */
export async function deleteBlocksOf(trx: Transaction<SessionsDatabase>, userId: string): Promise<void> {
  await trx
    .deleteFrom('blocks')
    .where((where) => where.or([where('blocker_id', '=', userId), where('blocked_id', '=', userId)]))
    .execute()
}
