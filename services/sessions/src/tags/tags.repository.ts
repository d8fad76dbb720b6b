import { type Kysely, sql, type Transaction } from 'kysely'
import type { SessionsDatabase, TagRow } from '#src/schema.ts'

/** One page of tags in the order of their names; `cursor` is the id of the last one of the page before. */
export async function listTags(
  db: Kysely<SessionsDatabase>,
  page: { limit: number; cursor?: string | undefined }
): Promise<TagRow[]> {
  const { cursor } = page
  return db
    .selectFrom('tags')
    .selectAll()
    .$if(cursor !== undefined, (query) =>
      query.where(sql<boolean>`lower(name) > (select lower(last.name) from tags as last where last.id = ${cursor})`)
    )
    .orderBy(sql`lower(name)`)
    .limit(page.limit)
    .execute()
}

/** False when there is a tag of this name, in whatever case. */
export async function insertTag(trx: Transaction<SessionsDatabase>, row: TagRow): Promise<boolean> {
  const inserted = await trx
    .insertInto('tags')
    .values(row)
    .onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** How many of these tags there are. */
export async function countTags(db: Kysely<SessionsDatabase>, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const { count } = await db
    .selectFrom('tags')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('id', 'in', ids)
    .executeTakeFirstOrThrow()
  return count
}

/** Puts these tags on an event, instead of those it had. */
export async function setTagsOf(
  trx: Transaction<SessionsDatabase>,
  eventId: string,
  tagIds: readonly string[]
): Promise<void> {
  await trx.deleteFrom('event_tags').where('event_id', '=', eventId).execute()
  if (tagIds.length === 0) return
  await trx
    .insertInto('event_tags')
    .values(tagIds.map((tag_id) => ({ event_id: eventId, tag_id })))
    .execute()
}
