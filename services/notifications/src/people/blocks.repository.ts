import { sql, type Transaction } from 'kysely'
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

/** Two people, in either order. */
export type Pair = readonly [string, string]

/** Which of these pairs have a block between them, whoever made it; the answer takes a pair in either order. */
export async function findBlocked(
  trx: Transaction<NotificationsDatabase>,
  pairs: readonly Pair[]
): Promise<(one: string, other: string) => boolean> {
  const { rows } = await sql<{ one: string; other: string }>`
    /* prepared */ select distinct one, other
    from unnest(${pairs.map(([one]) => one)}::uuid[], ${pairs.map(([, other]) => other)}::uuid[]) as pair (one, other)
    join blocks on active
      and (blocker_id, blocked_id) in ((one, other), (other, one))`.execute(trx)
  const blocked = new Set(rows.flatMap(({ one, other }) => [`${one}/${other}`, `${other}/${one}`]))
  return (one, other) => blocked.has(`${one}/${other}`)
}
