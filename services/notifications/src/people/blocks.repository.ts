import type { Kysely, Transaction } from 'kysely'
import type { BlockRow, NotificationsDatabase } from '#src/schema.ts'

/** Stores a block or its lifting unless a later word on the same pair is known. */
export async function upsertBlock(trx: Transaction<NotificationsDatabase>, block: BlockRow): Promise<void> {
  const { active, version } = block
  await trx
    .insertInto('blocks')
    .values(block)
    .onConflict((conflict) =>
      conflict
        .columns(['blocker_id', 'blocked_id'])
        .doUpdateSet({ active, version })
        .where('blocks.version', '<', version)
    )
    .execute()
}

/** Is there a block between these two, whoever made it? */
export async function isBlockedEitherWay(
  db: Kysely<NotificationsDatabase>,
  one: string,
  other: string
): Promise<boolean> {
  const block = await db
    .selectFrom('blocks')
    .select('blocker_id')
    .where('active', '=', true)
    .where((where) =>
      where.or([where.and({ blocker_id: one, blocked_id: other }), where.and({ blocker_id: other, blocked_id: one })])
    )
    .executeTakeFirst()
  return block !== undefined
}
