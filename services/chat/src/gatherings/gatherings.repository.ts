import { sql, type Transaction } from 'kysely'
import type { ChatDatabase, GatheringRow, TagRow } from '#src/schema.ts'

/** Stores a gathering and its tags unless a later version of it is known. */
export async function upsertGathering(
  trx: Transaction<ChatDatabase>,
  { id, ...values }: Omit<GatheringRow, 'tag_ids'>,
  tags: readonly Omit<TagRow, 'deleted'>[]
): Promise<void> {
  const state = { ...values, tag_ids: tags.map((tag) => tag.id) }
  await trx
    .insertInto('gatherings')
    .values({ id, ...state })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(state).where('gatherings.version', '<', values.version))
    .execute()
  if (tags.length === 0) return
  // In one order, so that gatherings with the same tags wait for each other instead of deadlocking.
  const inOrder = tags.map(({ id: tagId, name, color, description }) => ({ id: tagId, name, color, description }))
  await trx
    .insertInto('tags')
    .values(inOrder.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Deletes a tag, from every gathering too, and from those that are still to be stored. */
export async function deleteTag(trx: Transaction<ChatDatabase>, tagId: string): Promise<void> {
  await sql`
    insert into tags (id, name, deleted) values (${tagId}, '', true)
    on conflict (id) do update set name = '', color = null, description = null, deleted = true`.execute(trx)
}
