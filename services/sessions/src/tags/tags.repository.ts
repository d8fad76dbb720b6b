import { type Expression, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { SessionsDatabase, TagRow } from '#src/schema.ts'

/** What the spellings of a name have in common: the case of letters and the normal form do not count. */
export function comparable(name: Expression<string>): RawBuilder<string> {
  return sql`lower(normalize(${name}))`
}

/** One page of tags in the order of their names, of those after a name. */
export async function listTags(
  db: Kysely<SessionsDatabase>,
  page: { limit: number; after?: string | undefined }
): Promise<TagRow[]> {
  const { after } = page
  return db
    .selectFrom('tags')
    .selectAll()
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`${comparable(sql.ref<string>('name'))} > ${comparable(sql.val(after ?? ''))}`)
    )
    .orderBy(comparable(sql.ref<string>('name')))
    .limit(page.limit)
    .execute()
}

/** False when there is a tag of this name, in any spelling. */
export async function insertTag(trx: Transaction<SessionsDatabase>, row: TagRow): Promise<boolean> {
  const inserted = await trx
    .insertInto('tags')
    .values(row)
    .onConflict((conflict) => conflict.expression(comparable(sql.ref<string>('name'))).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) return false
  await sql`
    insert into tag_name_endings (ending, tag_id)
    select distinct substr(name, position), ${row.id}::uuid
    from ${comparable(sql.val(row.name))} as name, generate_series(1, length(name)) as position`.execute(trx)
  return true
}

/** How many of these tags there are; none of them can be deleted until the transaction ends. */
export async function holdTags(trx: Transaction<SessionsDatabase>, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const held = await trx.selectFrom('tags').select('id').where('id', 'in', ids).orderBy('id').forKeyShare().execute()
  return held.length
}

/** The tag, locked: no event gets it until the transaction ends. */
export async function lockTag(trx: Transaction<SessionsDatabase>, tagId: string): Promise<TagRow | undefined> {
  return trx.selectFrom('tags').selectAll().where('id', '=', tagId).forUpdate().executeTakeFirst()
}

/** Deletes a tag that the caller holds locked, from every event too. */
export async function deleteTagRow(trx: Transaction<SessionsDatabase>, tagId: string): Promise<void> {
  await trx.deleteFrom('event_tags').where('tag_id', '=', tagId).execute()
  await trx.deleteFrom('tags').where('id', '=', tagId).execute()
}

export async function countTagsOf(trx: Transaction<SessionsDatabase>, gatheringId: string): Promise<number> {
  const { count } = await trx
    .selectFrom('event_tags')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('event_id', '=', gatheringId)
    .executeTakeFirstOrThrow()
  return count
}

/** The tags of a gathering, in no order. */
export async function listTagsOf(
  db: Kysely<SessionsDatabase>,
  gatheringId: string
): Promise<Omit<TagRow, 'created_by' | 'created_at'>[]> {
  return db
    .selectFrom('event_tags as chosen')
    .innerJoin('tags as tag', 'tag.id', 'chosen.tag_id')
    .select(['tag.id', 'tag.name', 'tag.color', 'tag.description'])
    .where('chosen.event_id', '=', gatheringId)
    .execute()
}

/** Puts tags on an event beside those it has; answers how many it had not. */
export async function addTagsTo(
  trx: Transaction<SessionsDatabase>,
  gatheringId: string,
  tagIds: readonly string[]
): Promise<number> {
  const added = await trx
    .insertInto('event_tags')
    .values(tagIds.map((tag_id) => ({ event_id: gatheringId, tag_id })))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(added.numInsertedOrUpdatedRows ?? 0)
}

/** Takes a tag off an event; false when it had none such. */
export async function removeTagFrom(
  trx: Transaction<SessionsDatabase>,
  gatheringId: string,
  tagId: string
): Promise<boolean> {
  const removed = await trx
    .deleteFrom('event_tags')
    .where('event_id', '=', gatheringId)
    .where('tag_id', '=', tagId)
    .executeTakeFirst()
  return removed.numDeletedRows > 0n
}

/** Puts these tags on an event, instead of those it had. */
export async function setTagsOf(
  trx: Transaction<SessionsDatabase>,
  gatheringId: string,
  tagIds: readonly string[]
): Promise<void> {
  await trx.deleteFrom('event_tags').where('event_id', '=', gatheringId).execute()
  if (tagIds.length === 0) return
  await trx
    .insertInto('event_tags')
    .values(tagIds.map((tag_id) => ({ event_id: gatheringId, tag_id })))
    .execute()
}
