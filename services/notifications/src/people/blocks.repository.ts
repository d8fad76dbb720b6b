import { type Kysely, sql, type Transaction } from 'kysely'
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

/** Names a pair in what `listBlockedPairs` answers. */
export const pairKey = (one: string, other: string): string => `${one}/${other}`

/** Those of the pairs with a block between them, whoever made it, by `pairKey`. */
export async function listBlockedPairs(
  db: Kysely<NotificationsDatabase>,
  pairs: readonly (readonly [one: string, other: string])[]
): Promise<Set<string>> {
  if (pairs.length === 0) return new Set()
  const { rows } = await sql<{ one: string; other: string }>`
    select p.one, p.other
    from unnest(${pairs.map(([one]) => one)}::uuid[], ${pairs.map(([, other]) => other)}::uuid[]) as p (one, other)
    where exists (
      select from blocks b where b.active and b.blocker_id = p.one and b.blocked_id = p.other
    ) or exists (
      select from blocks b where b.active and b.blocker_id = p.other and b.blocked_id = p.one
    )`.execute(db)
  return new Set(rows.map(({ one, other }) => pairKey(one, other)))
}
