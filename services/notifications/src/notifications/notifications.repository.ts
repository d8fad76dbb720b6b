import type { NotificationType } from '@belay/contracts'
import type { Position } from '@belay/kit'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NewNotification, NotificationRecord } from './notification.ts'

/** Which of a person's notifications. */
export interface NotificationFilter {
  userId: string
  unread?: boolean | undefined
  type?: NotificationType | undefined
}

function selectNotifications(db: Kysely<NotificationsDatabase>) {
  return db
    .selectFrom('notifications as n')
    .leftJoin('users as u', 'u.id', 'n.actor_id')
    .select(['n.id', 'n.user_id', 'n.type', 'n.title', 'n.message', 'n.words', 'n.action_url', 'n.data'])
    .select(['n.created_at', 'n.read_at', 'n.actor_id', 'u.display_name as actor_name', 'u.avatar as actor_avatar'])
}

function filtered(db: Kysely<NotificationsDatabase>, filter: NotificationFilter) {
  let rows = db.selectFrom('notifications').where('user_id', '=', filter.userId)
  if (filter.type !== undefined) rows = rows.where('type', '=', filter.type)
  if (filter.unread === true) rows = rows.where('read_at', 'is', null)
  if (filter.unread === false) rows = rows.where('read_at', 'is not', null)
  return rows
}

/** One page, newest first, after a position. */
export async function listNotifications(
  db: Kysely<NotificationsDatabase>,
  filter: NotificationFilter,
  page: { limit: number; offset: number; after?: Position | undefined }
): Promise<NotificationRecord[]> {
  const { after } = page
  const ids = filtered(db, filter)
    .select('id')
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.key ?? null}::timestamptz, ${after?.id ?? null}::uuid)`)
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
  return selectNotifications(db)
    .where('n.id', 'in', ids)
    .orderBy('n.created_at', 'desc')
    .orderBy('n.id', 'desc')
    .execute()
}

/** Returns how many notifications the filter finds. */
export async function countNotifications(
  db: Kysely<NotificationsDatabase>,
  filter: NotificationFilter
): Promise<number> {
  const { count } = await filtered(db, filter)
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** The notifications with these ids, oldest first. */
export async function listNotificationsById(
  db: Kysely<NotificationsDatabase>,
  ids: readonly string[]
): Promise<NotificationRecord[]> {
  if (ids.length === 0) return []
  return selectNotifications(db)
    .where(sql<boolean>`n.id = any(${ids}::uuid[])`)
    .orderBy('n.created_at')
    .orderBy('n.id')
    .execute()
}

interface Stored {
  id: string
  is_new: boolean
}

/** Stores notifications and returns the new ones: an event causes one of a type for each person. */
export async function insertNotifications(
  trx: Transaction<NotificationsDatabase>,
  rows: readonly NewNotification[],
  now: Date
): Promise<Stored[]> {
  if (rows.length === 0) return []
  const { rows: stored } = await sql<Stored>`
    ${insertion(rows, now)}
    on conflict (event_id, user_id, type) do nothing
    returning id, true as is_new`.execute(trx)
  return stored
}

/**
 * Stores notifications of messages, or adds each to the unread one with the same key: its count grows and its words become
 * those of the latest message. Returns all of them.
 */
export async function upsertCollapsing(
  trx: Transaction<NotificationsDatabase>,
  rows: readonly NewNotification[],
  now: Date
): Promise<Stored[]> {
  if (rows.length === 0) return []
  const isLater = sql`(excluded.data->>'seq')::int > (n.data->>'seq')::int`
  const { rows: stored } = await sql<Stored>`
    ${insertion(rows, now)}
    on conflict (user_id, collapse_key) where read_at is null and collapse_key is not null do update set
      words = case when ${isLater} then excluded.words else n.words end,
      actor_id = case when ${isLater} then excluded.actor_id else n.actor_id end,
      created_at = excluded.created_at,
      data = case when ${isLater} then excluded.data else n.data end
        || jsonb_build_object('count', (n.data->>'count')::int + (excluded.data->>'count')::int)
    returning id, (xmax = 0) as is_new`.execute(trx)
  return stored
}

/** Inserts in the order of person and key, so that two transactions wait for each other without a deadlock. */
function insertion(rows: readonly NewNotification[], now: Date) {
  return sql`
    insert into notifications as n
      (id, user_id, type, words, action_url, actor_id, event_id, collapse_key, data, created_at, read_at)
    select id, user_id, type, words::jsonb, action_url, actor_id, event_id, collapse_key, data::jsonb, ${now},
           case when is_read then ${now}::timestamptz end
    from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.user_id)}::uuid[],
      ${rows.map((row) => row.type)}::text[], ${rows.map((row) => JSON.stringify(row.words))}::text[],
      ${rows.map((row) => row.action_url)}::text[], ${rows.map((row) => row.actor_id)}::uuid[],
      ${rows.map((row) => row.cause_event_id)}::uuid[], ${rows.map((row) => row.collapse_key)}::text[],
      ${rows.map((row) => JSON.stringify(row.data))}::text[], ${rows.map((row) => row.is_read)}::boolean[])
      as r (id, user_id, type, words, action_url, actor_id, event_id, collapse_key, data, is_read)
    order by user_id, collapse_key collate "C"`
}

/** Marks one as read, once. Returns whether the person has such a notification. */
export async function updateRead(
  db: Kysely<NotificationsDatabase>,
  userId: string,
  id: string,
  now: Date
): Promise<boolean> {
  const updated = await db
    .updateTable('notifications')
    .set((row) => ({ read_at: row.fn.coalesce('read_at', row.val(now)) }))
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returning('id')
    .executeTakeFirst()
  return updated !== undefined
}

/** Marks all of a person's as read, locking them in the order of `insertion`. Returns how many were unread. */
export async function updateAllRead(db: Kysely<NotificationsDatabase>, userId: string, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    with unread as (
      select id from notifications where user_id = ${userId} and read_at is null
      order by collapse_key collate "C", id for update
    )
    update notifications set read_at = ${now} from unread where notifications.id = unread.id`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Deletes one. Returns whether the person had it. */
export async function deleteNotification(
  db: Kysely<NotificationsDatabase>,
  userId: string,
  id: string
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('notifications')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Deletes what an erased person received, and what others received about them. */
export async function deleteNotificationsOf(trx: Transaction<NotificationsDatabase>, userId: string): Promise<void> {
  await sql`
    with theirs as (
      select id from notifications where user_id = ${userId} or actor_id = ${userId}
      order by user_id, collapse_key collate "C", id for update
    )
    delete from notifications using theirs where notifications.id = theirs.id`.execute(trx)
}
