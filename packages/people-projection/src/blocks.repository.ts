import { type Kysely, sql, type Transaction } from 'kysely'

/** Two people, in either order. */
type Pair = readonly [string, string]

/** Returns whether there is a block between two people, in either direction, for any of these pairs. */
export async function findBlocked<DB>(
  db: Kysely<DB>,
  pairs: readonly Pair[]
): Promise<(one: string, other: string) => boolean> {
  const { rows } = await sql<{ one: string; other: string }>`
    /* prepared */ select distinct one, other
    from unnest(${pairs.map(([one]) => one)}::uuid[], ${pairs.map(([, other]) => other)}::uuid[]) as pair (one, other)
    join blocks on active
      and (blocker_id, blocked_id) in ((one, other), (other, one))`.execute(db)
  const blocked = new Set(rows.flatMap(({ one, other }) => [`${one}/${other}`, `${other}/${one}`]))
  return (one, other) => blocked.has(`${one}/${other}`)
}

/** Returns whether there is a block between two people, in either direction. */
export async function isBlocked<DB>(db: Kysely<DB>, one: string, other: string): Promise<boolean> {
  const { rows } = await sql`
    /* prepared */ select from blocks
    where active and (blocker_id, blocked_id) in ((${one}, ${other}), (${other}, ${one})) limit 1`.execute(db)
  return rows.length > 0
}

/** Stores a block, or that it was lifted. Returns false when a later version of it is known. */
export async function upsertBlock<DB>(
  trx: Transaction<DB>,
  block: { blocker_id: string; blocked_id: string; active: boolean; version: number }
): Promise<boolean> {
  const { blocker_id, blocked_id, active, version } = block
  const { rows } = await sql`
    insert into blocks (blocker_id, blocked_id, active, version)
    values (${blocker_id}, ${blocked_id}, ${active}, ${version})
    on conflict (blocker_id, blocked_id) do update set active = excluded.active, version = excluded.version
    where blocks.version < excluded.version
    returning version`.execute(trx)
  return rows.length > 0
}

/** Deletes the blocks that a person made and those against them. */
export async function deleteBlocksOf<DB>(trx: Transaction<DB>, userId: string): Promise<void> {
  await sql`delete from blocks where blocker_id = ${userId} or blocked_id = ${userId}`.execute(trx)
}
