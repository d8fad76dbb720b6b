import type { Position } from '@belay/kit'
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { SessionsDatabase } from '#src/schema.ts'
import { comparable } from '#src/tags/tags.repository.ts'

/** An event with its host's name and its tags. */
export type EventView = NonNullable<Awaited<ReturnType<typeof findEventView>>>

/** Which of the events that are still to come. */
export interface EventFilter {
  /** Whoever looks; undefined for the public. Events across a block are left out. */
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

export async function findEventView(db: Kysely<SessionsDatabase>, eventId: string) {
  return selectViews(db).where('event.id', '=', eventId).executeTakeFirst()
}

/** One page of scheduled events, the soonest first. */
export async function listEventViews(
  db: Kysely<SessionsDatabase>,
  filter: EventFilter,
  page: PageAfter
): Promise<EventView[]> {
  const { viewerId, tag, tagPart, activity } = filter
  return selectViews(db)
    .where('event.status', '=', 'scheduled')
    .where('event.starts_at', '>=', filter.from)
    .where('host.disabled', '=', false)
    .$if(activity !== undefined, (query) =>
      query.where(
        sql<boolean>`${comparable(sql.ref<string>('event.activity_type'))} = ${comparable(sql.val(activity ?? ''))}`
      )
    )
    .$if(tag !== undefined, (query) => query.where((where) => hasTag(where, tag ?? '')))
    .$if(tagPart !== undefined, (query) => query.where((where) => hasTagLike(where, tagPart ?? '')))
    .$if(viewerId !== undefined, (query) => query.where((where) => where.not(blockBetween(where, viewerId ?? ''))))
    .$if(page.after !== undefined, (query) => query.where(comesAfter(page.after, '>')))
    .orderBy('event.starts_at')
    .orderBy('event.id')
    .limit(page.limit)
    .execute()
}

/** One page of what somebody hosts, past and cancelled ones too, the latest start first. */
export async function listEventViewsOf(
  db: Kysely<SessionsDatabase>,
  hostId: string,
  page: PageAfter
): Promise<EventView[]> {
  return selectViews(db)
    .where('event.host_id', '=', hostId)
    .$if(page.after !== undefined, (query) => query.where(comesAfter(page.after, '<')))
    .orderBy('event.starts_at', 'desc')
    .orderBy('event.id', 'desc')
    .limit(page.limit)
    .execute()
}

/**
 * These events, each with the request and booking that the reader has there: a guest's latest one, for the host the one
 * that was accepted first. One query, whatever their number.
 */
export async function describeEventViews(db: Kysely<SessionsDatabase>, readerId: string, eventIds: readonly string[]) {
  return selectViews(db)
    .leftJoinLateral(
      (inner) =>
        inner
          .selectFrom('bookings as booking')
          .innerJoin('requests as request', 'request.id', 'booking.request_id')
          .select(['booking.id as booking_id', 'request.id as request_id'])
          .whereRef('booking.event_id', '=', 'event.id')
          .where('request.status', '=', 'ACCEPTED')
          .where('event.host_id', '=', readerId)
          .orderBy('booking.id')
          .limit(1)
          .as('hosted'),
      (join) => join.onTrue()
    )
    .leftJoinLateral(
      (inner) =>
        inner
          .selectFrom('requests as request')
          .leftJoin('bookings as booking', (join) =>
            join.onRef('booking.request_id', '=', 'request.id').on('request.status', '=', 'ACCEPTED')
          )
          .select(['booking.id as booking_id', 'request.id as request_id'])
          .whereRef('request.event_id', '=', 'event.id')
          .where('request.guest_id', '=', readerId)
          .orderBy('request.id', 'desc')
          .limit(1)
          .as('joined'),
      (join) => join.onTrue()
    )
    .select((select) => [
      select.fn.coalesce('hosted.request_id', 'joined.request_id').as('request_id'),
      select.fn.coalesce('hosted.booking_id', 'joined.booking_id').as('booking_id')
    ])
    .where('event.id', 'in', eventIds)
    .execute()
}

function selectViews(db: Kysely<SessionsDatabase>) {
  return db
    .selectFrom('events as event')
    .innerJoin('users as host', 'host.id', 'event.host_id')
    .selectAll('event')
    .select('host.display_name as host_name')
    .select((select) =>
      jsonArrayFrom(
        select
          .selectFrom('event_tags as chosen')
          .innerJoin('tags as tag', 'tag.id', 'chosen.tag_id')
          .select(['tag.id', 'tag.name', 'tag.color', 'tag.description'])
          .whereRef('chosen.event_id', '=', 'event.id')
          .orderBy(comparable(sql.ref<string>('tag.name')))
      ).as('tags')
    )
}

type EventTables = SessionsDatabase & { event: SessionsDatabase['events'] }

function hasTag(where: ExpressionBuilder<EventTables, 'event'>, tag: string): Expression<SqlBool> {
  const tagged = where
    .selectFrom('event_tags as chosen')
    .innerJoin('tags as tag', 'tag.id', 'chosen.tag_id')
    .select('chosen.event_id')
    .where(
      sql<boolean>`(${comparable(sql.ref<string>('tag.name'))} = ${comparable(sql.val(tag))} or tag.id = ${uuidOrNull(tag)}::uuid)`
    )
  return where('event.id', 'in', tagged)
}

/** Any part of a name is the beginning of one of its endings, which an index finds. */
function hasTagLike(where: ExpressionBuilder<EventTables, 'event'>, part: string): Expression<SqlBool> {
  const tagged = where
    .selectFrom('tag_name_endings as name')
    .innerJoin('event_tags as chosen', 'chosen.tag_id', 'name.tag_id')
    .select('chosen.event_id')
    .where(sql<boolean>`name.ending ^@ ${comparable(sql.val(part))}`)
  return where('event.id', 'in', tagged)
}

function blockBetween(where: ExpressionBuilder<EventTables, 'event'>, viewerId: string): Expression<SqlBool> {
  const block = where
    .selectFrom('blocks as block')
    .select('block.blocker_id')
    .where('block.active', '=', true)
    .where(
      sql<boolean>`(block.blocker_id = ${viewerId} and block.blocked_id = event.host_id
        or block.blocked_id = ${viewerId} and block.blocker_id = event.host_id)`
    )
  return where.exists(block)
}

function comesAfter(position: Position | undefined, order: '>' | '<') {
  return sql<boolean>`(event.starts_at, event.id) ${sql.raw(order)}
    (${position?.key ?? null}::timestamptz, ${position?.id ?? null}::uuid)`
}

function uuidOrNull(text: string): string | null {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : null
}
