import { isUuid } from '@belay/contracts'
import type { Position } from '@belay/kit'
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { SessionsDatabase } from '#src/schema.ts'
import { comparable } from '#src/tags/tags.repository.ts'

/** A gathering with its host's name and its tags. */
export type GatheringView = NonNullable<Awaited<ReturnType<typeof findGatheringView>>>

/** Which of the gatherings that are still to come. */
export interface GatheringFilter {
  /** The reader; undefined for the public. Events across a block are left out. */
  viewerId: string | undefined
  from: Date
  /** A tag's id or name, in any case. */
  tag?: string | undefined
  /** Part of a tag's name, in any case. */
  tagPart?: string | undefined
  /** In any case. */
  activity?: string | undefined
}

/** What follows a position in the list; the beginning without one. */
export interface PageAfter {
  limit: number
  after?: Position | undefined
}

export async function findGatheringView(db: Kysely<SessionsDatabase>, gatheringId: string) {
  return selectViews(db).where('gathering.id', '=', gatheringId).executeTakeFirst()
}

/** One page of scheduled gatherings, the soonest first. */
export async function listGatheringViews(
  db: Kysely<SessionsDatabase>,
  filter: GatheringFilter,
  page: PageAfter
): Promise<GatheringView[]> {
  const { viewerId, tag, tagPart, activity } = filter
  return selectViews(db)
    .where('gathering.status', '=', 'scheduled')
    .where('gathering.starts_at', '>=', filter.from)
    .where('host.disabled', '=', false)
    .$if(activity !== undefined, (query) =>
      query.where(
        sql<boolean>`${comparable(sql.ref<string>('gathering.activity_type'))} = ${comparable(sql.val(activity ?? ''))}`
      )
    )
    .$if(tag !== undefined, (query) => query.where((where) => hasTag(where, tag ?? '')))
    .$if(tagPart !== undefined, (query) => query.where((where) => hasTagLike(where, tagPart ?? '')))
    .$if(viewerId !== undefined, (query) => query.where((where) => where.not(blockBetween(where, viewerId ?? ''))))
    .$if(page.after !== undefined, (query) => query.where(comesAfter(page.after, '>')))
    .orderBy('gathering.starts_at')
    .orderBy('gathering.id')
    .limit(page.limit)
    .execute()
}

/** One page of the gatherings a person hosts, past and cancelled ones included, the latest start first. */
export async function listGatheringViewsOf(
  db: Kysely<SessionsDatabase>,
  hostId: string,
  page: PageAfter
): Promise<GatheringView[]> {
  return selectViews(db)
    .where('gathering.host_id', '=', hostId)
    .$if(page.after !== undefined, (query) => query.where(comesAfter(page.after, '<')))
    .orderBy('gathering.starts_at', 'desc')
    .orderBy('gathering.id', 'desc')
    .limit(page.limit)
    .execute()
}

function selectViews(db: Kysely<SessionsDatabase>) {
  return db
    .selectFrom('events as gathering')
    .innerJoin('users as host', 'host.id', 'gathering.host_id')
    .selectAll('gathering')
    .select('host.display_name as host_name')
    .select((select) =>
      jsonArrayFrom(
        select
          .selectFrom('event_tags as chosen')
          .innerJoin('tags as tag', 'tag.id', 'chosen.tag_id')
          .select(['tag.id', 'tag.name', 'tag.color', 'tag.description'])
          .whereRef('chosen.event_id', '=', 'gathering.id')
          .orderBy(comparable(sql.ref<string>('tag.name')))
      ).as('tags')
    )
}

type ViewTables = SessionsDatabase & { gathering: SessionsDatabase['events'] }

function hasTag(where: ExpressionBuilder<ViewTables, 'gathering'>, tag: string): Expression<SqlBool> {
  const tagged = where
    .selectFrom('event_tags as chosen')
    .innerJoin('tags as tag', 'tag.id', 'chosen.tag_id')
    .select('chosen.event_id')
    .where(
      sql<boolean>`(${comparable(sql.ref<string>('tag.name'))} = ${comparable(sql.val(tag))} or tag.id = ${uuidOrNull(tag)}::uuid)`
    )
  return where('gathering.id', 'in', tagged)
}

/** Any part of a name is the beginning of one of its endings, which an index finds. */
function hasTagLike(where: ExpressionBuilder<ViewTables, 'gathering'>, part: string): Expression<SqlBool> {
  const tagged = where
    .selectFrom('tag_name_endings as name')
    .innerJoin('event_tags as chosen', 'chosen.tag_id', 'name.tag_id')
    .select('chosen.event_id')
    .where(sql<boolean>`name.ending ^@ ${comparable(sql.val(part))}`)
  return where('gathering.id', 'in', tagged)
}

function blockBetween(where: ExpressionBuilder<ViewTables, 'gathering'>, viewerId: string): Expression<SqlBool> {
  const block = where
    .selectFrom('blocks as block')
    .select('block.blocker_id')
    .where('block.active', '=', true)
    .where(
      sql<boolean>`(block.blocker_id = ${viewerId} and block.blocked_id = gathering.host_id
        or block.blocked_id = ${viewerId} and block.blocker_id = gathering.host_id)`
    )
  return where.exists(block)
}

function comesAfter(position: Position | undefined, order: '>' | '<') {
  return sql<boolean>`(gathering.starts_at, gathering.id) ${sql.raw(order)}
    (${position?.key ?? null}::timestamptz, ${position?.id ?? null}::uuid)`
}

function uuidOrNull(text: string): string | null {
  return isUuid(text) ? text : null
}
